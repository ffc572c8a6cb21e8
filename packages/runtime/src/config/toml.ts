// TOML with the line of every key and value: what is wrong with a configuration is told where it stands.
import { type AST, ParseError, parseTOML } from "toml-eslint-parser";

/** Something in a TOML document. */
export interface TomlNode {
  /** Where it stands: for the value of a key the line of the key. Counted from 1. */
  readonly line: number;
  /** What it is. */
  readonly value: TomlScalar | readonly TomlNode[] | TomlTable;
}

/** What a key may have besides lists and tables. */
export type TomlScalar = string | number | boolean | Date;

/** The keys of a table, in order. */
export type TomlTable = ReadonlyMap<string, TomlNode>;

/** A document that is no TOML. */
export class TomlError extends Error {
  /** Always `TomlError`. */
  override readonly name = "TomlError";
  /** Counted from 1. */
  readonly line: number;

  constructor(line: number, text: string, options?: ErrorOptions) {
    super(text, options);
    this.line = line;
  }
}

/** Reads a document. Throws `TomlError` for the first thing that is wrong with it. */
export function parseToml(text: string): TomlTable {
  let program: AST.TOMLProgram;
  try {
    program = parseTOML(text, { tomlVersion: "1.0.0" });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new TomlError(error.lineNumber, error.message, { cause: error });
  }
  const root: Table = new Map();
  for (const part of program.body[0].body) {
    if (part.type === "TOMLKeyValue") {
      addPair(root, part);
    } else {
      const table = tableAt(root, part.resolvedKey, part.loc.start.line);
      for (const pair of part.body) addPair(table, pair);
    }
  }
  return root;
}

/** The value without its lines, as other readers of TOML give it. Numbers beyond 2^53 are rounded. */
export function plainValue({ value }: TomlNode): unknown {
  if (value instanceof Map) return plainTable(value);
  return Array.isArray(value) ? value.map(plainValue) : value;
}

/** A table without its lines. */
export function plainTable(table: TomlTable): { [key: string]: unknown } {
  return Object.fromEntries([...table].map(([key, node]) => [key, plainValue(node)]));
}

/** Whether something is a table. */
export function isTable(value: TomlNode["value"]): value is TomlTable {
  return value instanceof Map;
}

/** The line of what `path` leads to in `node`, or of the last thing on the way that is there. */
export function lineOf(node: TomlNode, path: readonly (string | number)[]): number {
  const [step, ...rest] = path;
  if (step === undefined) return node.line;
  const { value } = node;
  const next = isTable(value) ? value.get(String(step)) : Array.isArray(value) ? value[Number(step)] : undefined;
  return next === undefined ? node.line : lineOf(next, rest);
}

type Table = Map<string, TomlNode>;

/** The table at `path`, made where it is not there yet. The parser has refused whatever cannot be. */
function tableAt(root: Table, path: readonly (string | number)[], line: number): Table {
  let node: TomlNode = { line: 1, value: root };
  for (const [depth, step] of path.entries()) {
    const { value }: TomlNode = node;
    const known = isTable(value) ? value.get(String(step)) : Array.isArray(value) ? value[Number(step)] : undefined;
    const made: TomlNode = known ?? { line, value: typeof path[depth + 1] === "number" ? [] : new Map() };
    if (known === undefined && value instanceof Map) value.set(String(step), made);
    if (known === undefined && Array.isArray(value)) value.push(made);
    node = made;
  }
  return node.value as Table;
}

function addPair(table: Table, { key, value }: AST.TOMLKeyValue): void {
  const path = key.keys.map((part) => (part.type === "TOMLBare" ? part.name : part.value));
  const line = key.loc.start.line;
  tableAt(table, path.slice(0, -1), line).set(path.at(-1) ?? "", { line, value: contentOf(value) });
}

function contentOf(content: AST.TOMLContentNode): TomlNode["value"] {
  switch (content.type) {
    case "TOMLValue":
      return content.value;
    case "TOMLArray":
      return content.elements.map((element) => ({ line: element.loc.start.line, value: contentOf(element) }));
    case "TOMLInlineTable": {
      const table: Table = new Map();
      for (const pair of content.body) addPair(table, pair);
      return table;
    }
  }
}
