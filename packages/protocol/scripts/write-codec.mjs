// Writes codec.ts: per message a function that writes its fields, one that reads them and one that copies them.
// The functions are small and straight on purpose: what runs once a second runs cold, so less code is faster code.
const NAMES = {
  string: "String",
  bool: "Bool",
  int32: "Int32",
  enum: "Int32",
  uint32: "Uint32",
  int64: "Int64",
  uint64: "Uint64",
};
const ZEROS = { string: `""`, bool: "false", int32: "0", enum: "0", uint32: "0", int64: "0n", uint64: "0n" };
const VARINT = 0;
const DELIMITED = 2;

export function writeCodec(model) {
  const body = model.messages.flatMap((message) => [...writer(message), ...reader(message), ...copier(message)]);
  const text = body.join("\n");
  const used = (prefix) => [...new Set(text.match(new RegExp(`\\b${prefix}\\w+(?=[(<,])`, "g")))].sort();
  const names = new Set(model.messages.flatMap(({ name }) => [`write${name}`, `read${name}`, `copy${name}`]));
  const imported = (prefix) => used(prefix).filter((name) => !names.has(name));
  return [
    "// Generated from proto/ by scripts/generate.mjs; do not edit.",
    `import type { Init } from "../message.js";`,
    `import { ${imported("copy").join(", ")} } from "../wire/copier.js";`,
    `import { expect, skip, ${imported("take").join(", ")} } from "../wire/reader.js";`,
    `import { ${imported("put").join(", ")} } from "../wire/writer.js";`,
    `import type * as t from "./messages.js";`,
    "",
    text,
  ].join("\n");
}

const tagOf = (field, wireType) => field.number * 8 + wireType;
const wireTypeOf = ({ shape, type }) =>
  shape !== "single" || type === "string" || type === "message" ? DELIMITED : VARINT;

function writer({ name, fields }) {
  const m = fields.length === 0 ? "_m" : "m";
  return [`export function write${name}(${m}: Init<t.${name}>): void {`, ...fields.map((f) => `  ${put(f)};`), "}", ""];
}

function put(field) {
  const { name, shape, type, ref, key } = field;
  const args = `${tagOf(field, wireTypeOf(field))}, m.${name}, `;
  const last = `"${name}")`;
  if (shape === "map" && key === "string") {
    return type === "message" ? `putMessageMap(${args}write${ref}, ${last}` : `putStringMap(${args}${last}`;
  }
  if (shape === "map") {
    return type === "message" ? `putNumberedMessages(${args}write${ref}, ${last}` : `putNumberedStrings(${args}${last}`;
  }
  const plural = shape === "list" ? "s" : "";
  return type === "message"
    ? `putMessage${plural}(${args}write${ref}, ${last}`
    : `put${NAMES[type]}${plural}(${args}${last}`;
}

function reader({ name, fields }) {
  const out = [`export function read${name}(into: t.${name} | undefined): t.${name} {`];
  out.push(`  expect(${fields.length});`);
  if (fields.length === 0) {
    out.push("  for (let tag = takeTag(); tag !== 0; tag = takeTag()) skip(tag);", "  return into ?? {};", "}", "");
    return out;
  }
  out.push(`  const m: t.${name} = into ?? {`, ...fields.map((field) => `    ${field.name}: ${zero(field)},`), "  };");
  out.push("  for (let tag = takeTag(); tag !== 0; tag = takeTag()) {", "    switch (tag) {");
  for (const field of fields) out.push(...take(field));
  out.push("      default: skip(tag);", "    }", "  }", "  return m;", "}", "");
  return out;
}

function zero({ shape, type }) {
  return shape === "list" ? "[]" : shape === "map" ? "{}" : (ZEROS[type] ?? "undefined");
}

function take(field) {
  const { name, shape, type, ref } = field;
  const target = `m.${name}`;
  const cases = [[wireTypeOf(field), single(field, target)]];
  if (shape === "list" && type !== "message" && type !== "string") {
    cases[0][1] = `takePacked(${target}, take${NAMES[type]}, "${name}")`;
    cases.push([VARINT, `${target}.push(take${NAMES[type]}("${name}"))`]);
  } else if (shape === "list") {
    cases[0][1] =
      type === "message" ? `takeItem(read${ref}, ${target}, "${name}")` : `${target}.push(takeString("${name}"))`;
  } else if (shape === "map") {
    cases[0][1] = entry(field, target);
  }
  return cases.map(([wireType, statement]) => `      case ${tagOf(field, wireType)}: ${statement}; break;`);
}

function single({ name, type, ref }, target) {
  if (type === "message") return `${target} = takeMessage(read${ref}, ${target}, "${name}")`;
  return `${target} = take${NAMES[type]}("${name}")`;
}

function entry({ name, type, ref, key }, target) {
  if (type === "message") {
    return `${key === "string" ? "takeMessageEntry" : "takeNumberedMessage"}(${target}, read${ref}, "${name}")`;
  }
  return `${key === "string" ? "takeStringEntry" : "takeNumberedString"}(${target}, "${name}")`;
}

function copier({ name, fields }) {
  if (fields.length === 0)
    return [`export function copy${name}(_m: Init<t.${name}>): t.${name} {`, "  return {};", "}", ""];
  const out = [`export function copy${name}(m: Init<t.${name}>): t.${name} {`, "  return {"];
  for (const field of fields) out.push(`    ${field.name}: ${copy(name, field)},`);
  out.push("  };", "}", "");
  return out;
}

function copy(message, { name, shape, type, ref, key }) {
  const where = `"${message}.${name}"`;
  const value = `m.${name}`;
  if (shape === "map") {
    const map = key === "string" ? "copyMap" : "copyNumberedMap";
    return type === "message"
      ? `${map}(${value}, (parts, field, key) => copyPresent(parts, copy${ref}, field, key), ${where})`
      : `${map}(${value}, copyString, ${where})`;
  }
  if (type === "message") return `copyMessage${shape === "list" ? "s" : ""}(${value}, copy${ref}, ${where})`;
  return shape === "list"
    ? `copyList(${value}, copy${NAMES[type]}, ${where})`
    : `copy${NAMES[type]}(${value}, ${where})`;
}
