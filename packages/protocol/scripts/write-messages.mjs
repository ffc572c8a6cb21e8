// Writes messages.ts: interfaces, enums and the codec of each message.
const TYPES = {
  string: "string",
  bool: "boolean",
  int32: "number",
  uint32: "number",
  int64: "bigint",
  uint64: "bigint",
};

export function writeMessages(model) {
  const out = ["// Generated from proto/ by scripts/generate.mjs; do not edit."];
  out.push(`import { type MessageType, messageType } from "../message.js";`, `import * as c from "./codec.js";`);
  out.push(`import * as s from "./shapes.js";`, "");
  for (const type of model.enums) out.push(...writeEnum(type));
  for (const message of model.messages) out.push(...writeMessage(model, message));
  out.push(
    "/** Codec by message name, without the package. */",
    "export const MESSAGES = {",
    ...model.messages.map(({ name }) => `  ${name},`),
    "} as const;",
    "",
  );
  return out.join("\n");
}

function doc(comment, indent = "") {
  const lines = comment.split("\n").map((line) => line.trim().replaceAll("*/", "* /"));
  if (lines.length === 1) return [`${indent}/** ${lines[0]} */`];
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`];
}

function writeEnum({ name, comment, values }) {
  const out = [...doc(comment), `export const ${name} = {`];
  for (const value of values) out.push(...doc(value.comment, "  "), `  ${value.name}: ${value.number},`);
  out.push("} as const;", `/** A value of \`${name}\`; any number, because newer peers know more values. */`);
  out.push(`export type ${name} = number;`, "");
  return out;
}

function writeMessage(model, { name, comment, fields }) {
  const out = [...doc(comment), `export interface ${name} {`];
  for (const field of fields) out.push(...doc(field.comment, "  "), `  ${member(field)};`);
  out.push(
    "}",
    `/** Codec of {@link ${name}}. */`,
    `export const ${name}: MessageType<${name}> = /*@__PURE__*/ messageType(`,
  );
  out.push(
    `  "${model.package}.${name}",`,
    `  c.write${name},`,
    `  c.read${name},`,
    `  c.copy${name},`,
    `  s.shape${name},`,
    ");",
    "",
  );
  return out;
}

function member({ name, shape, type, ref, key }) {
  const item = TYPES[type] ?? ref;
  if (shape === "list") return `${name}: ${item}[]`;
  if (shape === "map") return `${name}: { [key: ${TYPES[key]}]: ${item} }`;
  return type === "message" ? `${name}?: ${item} | undefined` : `${name}: ${item}`;
}
