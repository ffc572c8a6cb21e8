// Writes shapes.ts: per message a table for wire/outline.ts, those that others hold before them.
const KINDS = {
  string: "TEXT",
  bool: "NUMBER",
  int32: "NUMBER",
  enum: "NUMBER",
  uint32: "NUMBER",
  int64: "NUMBER",
  uint64: "NUMBER",
};

export function writeShapes(model) {
  const byName = new Map(model.messages.map((message) => [message.name, message]));
  const written = new Set();
  const out = [];
  const write = (message) => {
    if (written.has(message.name)) return;
    written.add(message.name);
    for (const { ref, type } of message.fields) if (type === "message") write(byName.get(ref));
    out.push(`export const shape${message.name}: Shape = {`, `  size: ${message.fields.length},`);
    out.push(`  kinds: [${byNumber(message, "0", (field) => kindOf(field, byName))}],`);
    out.push(`  names: [${byNumber(message, '""', ({ name }) => `"${name}"`)}],`, "};");
  };
  model.messages.forEach(write);
  return [
    "// Generated from proto/ by scripts/generate.mjs; do not edit.",
    `import { NUMBER, NUMBERS, type Shape, TEXT } from "../wire/outline.js";`,
    "",
    ...out,
    "",
  ].join("\n");
}

function byNumber({ fields }, none, write) {
  const list = new Array(1 + Math.max(0, ...fields.map(({ number }) => number))).fill(none);
  for (const field of fields) list[field.number] = write(field);
  return list.join(", ");
}

function kindOf({ shape, type, ref, key }, byName) {
  const value = type === "message" ? `shape${ref}` : KINDS[type];
  if (shape === "list") return value === "NUMBER" ? "NUMBERS" : value;
  if (shape === "single") return value;
  // An entry is a message of key and value; one that lacks its value has an empty one in memory.
  const size = 2 + (type === "message" ? byName.get(ref).fields.length : 0);
  return `{ size: ${size}, kinds: [0, ${KINDS[key]}, ${value}], names: [] }`;
}
