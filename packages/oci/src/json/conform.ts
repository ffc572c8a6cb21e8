// Values of configuration files, brought into a known form the way Go's YAML decoder does it: unknown keys refused, keys
// matched without regard to case, plain scalars taken as text where text is wanted.
import { setOwn } from "@nri/protocol";
import type { JsonValue } from "./number.js";
import { type Shape, valueError } from "./shape.js";

/** `value` with canonical keys and number types. Throws TypeError with the path of what does not fit; `null` is absent. */
export function conform(value: unknown, shape: Shape, path = ""): unknown {
  if (value === null || value === undefined) return undefined;
  const scalar = plain(value, shape);
  const wrong = valueError(shape, scalar as JsonValue);
  if (wrong !== undefined) throw new TypeError(`${path || "the document"}: ${wrong}`);
  switch (shape.kind) {
    case "list":
      return (scalar as unknown[]).map((item, index) => conform(item, shape.item, `${path}[${index}]`));
    case "map":
      return members(scalar as object, path, true, (key) => ({ key, shape: shape.value }));
    case "object":
      return members(scalar as object, path, false, (key) => known(shape.members, key, path));
    default:
      return scalar;
  }
}

function plain(value: unknown, shape: Shape): unknown {
  if (
    shape.kind === "string" &&
    (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
  ) {
    return String(value);
  }
  if (shape.kind === "bigint" && typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (shape.kind === "number" && typeof value === "bigint" && Number.isSafeInteger(Number(value))) return Number(value);
  return value;
}

function known(shapes: { readonly [key: string]: Shape }, key: string, path: string): { key: string; shape: Shape } {
  const name = Object.keys(shapes).find((candidate) => candidate.toLowerCase() === key.toLowerCase());
  const shape = name === undefined ? undefined : shapes[name];
  if (name === undefined || shape === undefined) {
    throw new TypeError(`${path || "the document"}: unknown key ${JSON.stringify(key)}`);
  }
  return { key: name, shape };
}

// A key without a value is an entry of a map, but no member of an object.
function members(
  value: object,
  path: string,
  keepEmpty: boolean,
  find: (key: string) => { key: string; shape: Shape },
): object {
  const result: { [key: string]: unknown } = {};
  for (const [written, item] of Object.entries(value)) {
    const { key, shape } = find(written);
    const place = path === "" ? key : `${path}.${key}`;
    if (Object.hasOwn(result, key)) throw new TypeError(`${place}: there twice`);
    const conformed = conform(item, shape, place);
    if (conformed !== undefined || keepEmpty) setOwn(result, key, conformed);
  }
  return result;
}
