/**
 * JSON text of a document: 64-bit integers keep their digits, OCI specs are printed by the package that read them.
 *
 * @packageDocumentation
 */
import { printSpec, type Spec } from "@nri/oci";

/** A spec inside a document. */
export class SpecNode {
  /** It. */
  readonly spec: Spec;

  constructor(spec: Spec) {
    this.spec = spec;
  }
}

/** What a document is made of. `undefined` members are left out. */
export type Node =
  | null
  | boolean
  | number
  | bigint
  | string
  | SpecNode
  | readonly Node[]
  | { readonly [key: string]: Node | undefined };

/** `value` as JSON, two blanks for each level, without a line end. */
export function jsonText(value: Node, pad = ""): string {
  if (value instanceof SpecNode) return printSpec(value.spec, { indent: 2 }).replaceAll("\n", `\n${pad}`);
  if (typeof value === "bigint") return String(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = `${pad}  `;
  if (Array.isArray(value)) {
    const items = (value as readonly Node[]).map((item) => inner + jsonText(item, inner));
    return items.length === 0 ? "[]" : `[\n${items.join(",\n")}\n${pad}]`;
  }
  const members = Object.entries(value as { readonly [key: string]: Node | undefined }).flatMap(([key, member]) =>
    member === undefined ? [] : [`${inner}${JSON.stringify(key)}: ${jsonText(member, inner)}`],
  );
  return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n${pad}}`;
}
