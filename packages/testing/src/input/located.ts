// A value in a document that knows where it stands, so that every complaint can say FILE:LINE.

import { setOwn } from "@nri/protocol";
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Document as YamlDocument,
  type Node as YamlNode,
} from "yaml";
import { TestingError } from "../errors.js";
import { LIMITS } from "../limits.js";

/** Plain data as read from YAML or JSON; integers are `bigint`, other numbers `number`. */
export type Data = null | boolean | number | bigint | string | Data[] | { [key: string]: Data };

/** A parsed document and what is needed to find the line of anything in it. */
export interface DocumentSource {
  /** Name of the file, as it is shown in errors. */
  readonly file: string;
  /** The parsed document. */
  readonly document: YamlDocument.Parsed;
  /** Lines of the whole file. */
  readonly lines: LineCounter;
}

/**
 * A place in a document: a path for people (`spec.containers[0].image`) and the value there, if any.
 * Getters check the type and throw `TestingError` code "invalid-input" as `FILE:LINE: path must be ..., is ...`.
 */
export class Located {
  readonly #source: DocumentSource;
  readonly #node: YamlNode | undefined;
  readonly #parentOffset: number;
  /** Path from the top of the object, empty at the top. */
  readonly path: string;

  constructor(source: DocumentSource, node: unknown, path: string, parentOffset: number) {
    this.#source = source;
    this.#node = resolveAlias(source.document, node);
    this.path = path;
    this.#parentOffset = parentOffset;
  }

  /** Line of the value, or of what it is missing from. */
  get line(): number {
    return this.#source.lines.linePos(this.#offset).line;
  }

  /** Name of the file, as it is shown in errors. */
  get file(): string {
    return this.#source.file;
  }

  /** Whether there is a value that is not null. */
  get exists(): boolean {
    return this.#node !== undefined && !(isScalar(this.#node) && this.#node.value === null);
  }

  /** What stands here, for error texts: `the text "x"`, `the number 3`, `a list`. */
  get description(): string {
    const node = this.#node;
    if (node === undefined) return "missing";
    if (isMap(node)) return "a map";
    if (isSeq(node)) return "a list";
    if (!isScalar(node) || node.value === null) return "null";
    const text = quote(String(node.value));
    if (typeof node.value === "string") return `the text ${text}`;
    if (typeof node.value === "boolean") return `the boolean ${String(node.value)}`;
    return `the number ${String(node.source ?? node.value)}`;
  }

  /** Never returns: reports what is wrong here. */
  fail(problem: string): never {
    const name = this.path === "" ? "" : `${this.path} `;
    throw new TestingError("invalid-input", `${name}${problem}`, {
      position: { file: this.#source.file, line: this.line, column: this.#source.lines.linePos(this.#offset).col },
    });
  }

  /** The value of `key` in this map. A missing map has no values; anything else than a map is refused. */
  get(key: string): Located {
    const path = this.path === "" ? key : `${this.path}.${key}`;
    const node = this.#node;
    if (!this.exists) return new Located(this.#source, undefined, path, this.#offset);
    if (!isMap(node)) this.fail(`must be a map, is ${this.description}`);
    return new Located(this.#source, node.get(key, true), path, this.#offset);
  }

  /** The entries of this map in their order; none when missing. */
  entries(): [key: string, value: Located][] {
    if (!this.exists) return [];
    const node = this.#node;
    if (!isMap(node)) this.fail(`must be a map, is ${this.description}`);
    return node.items.map((pair) => {
      const key = isScalar(pair.key) ? scalarText(pair.key) : "";
      const offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? this.#offset) : this.#offset;
      return [key, new Located(this.#source, pair.value ?? undefined, `${this.path}[${quote(key)}]`, offset)];
    });
  }

  /** The items of this list; none when missing. */
  list(): Located[] {
    if (!this.exists) return [];
    const node = this.#node;
    if (!isSeq(node)) this.fail(`must be a list, is ${this.description}`);
    return node.items.map((item, index) => new Located(this.#source, item, `${this.path}[${index}]`, this.#offset));
  }

  /** A text, or undefined when missing. */
  optionalString(): string | undefined {
    if (!this.exists) return undefined;
    if (isScalar(this.#node) && typeof this.#node.value === "string") return this.#node.value;
    return this.fail(`must be text, is ${this.description}${this.#quoteHint()}`);
  }

  /** A text that must be there and not be empty. */
  string(): string {
    const text = this.optionalString();
    if (text === undefined || text === "") return this.fail(text === "" ? "must not be empty" : "is missing");
    return text;
  }

  /** true or false, or undefined when missing. */
  optionalBoolean(): boolean | undefined {
    if (!this.exists) return undefined;
    if (isScalar(this.#node) && typeof this.#node.value === "boolean") return this.#node.value;
    return this.fail(`must be true or false, is ${this.description}`);
  }

  /** A whole number between the bounds, or undefined when missing. */
  optionalInteger(min: bigint, max: bigint): bigint | undefined {
    if (!this.exists) return undefined;
    const value = isScalar(this.#node) ? this.#node.value : undefined;
    if (typeof value !== "bigint") return this.fail(`must be a whole number, is ${this.description}`);
    if (value < min || value > max) return this.fail(`must be between ${min} and ${max}, is ${value}`);
    return value;
  }

  /** The text of a scalar as it was written (a quantity may be a number or a text), or undefined when missing. */
  optionalScalarText(what: string): string | undefined {
    if (!this.exists) return undefined;
    const node = this.#node;
    if (
      isScalar(node) &&
      (typeof node.value === "string" || typeof node.value === "number" || typeof node.value === "bigint")
    ) {
      return scalarText(node);
    }
    return this.fail(`must be ${what}, is ${this.description}`);
  }

  /** A list of texts; empty when missing. */
  strings(): string[] {
    return this.list().map((item) => item.optionalString() ?? item.fail("must be text, is null"));
  }

  /** A map of texts; empty when missing. `__proto__` is a key like any other. */
  stringMap(): { [key: string]: string } {
    const map: { [key: string]: string } = {};
    for (const [key, value] of this.entries()) setOwn(map, key, value.optionalString() ?? "");
    return map;
  }

  /** Everything below as plain data. */
  data(): Data {
    const budget = { nodes: 0 };
    return this.#data(budget, 0);
  }

  #data(budget: { nodes: number }, depth: number): Data {
    budget.nodes += 1;
    if (budget.nodes > LIMITS.documentNodes) this.fail(`is too large: more than ${LIMITS.documentNodes} values`);
    if (depth > LIMITS.depth) this.fail(`is nested deeper than ${LIMITS.depth} levels`);
    const node = this.#node;
    if (isMap(node)) {
      const map: { [key: string]: Data } = {};
      for (const [key, value] of this.entries()) setOwn(map, key, value.#data(budget, depth + 1));
      return map;
    }
    if (isSeq(node)) return this.list().map((item) => item.#data(budget, depth + 1));
    return isScalar(node) ? (node.value as Data) : null;
  }

  get #offset(): number {
    return this.#node?.range?.[0] ?? this.#parentOffset;
  }

  #quoteHint(): string {
    const node = this.#node;
    return isScalar(node) && node.value !== null ? ` (write it as ${quote(scalarText(node))})` : "";
  }
}

/** `"text"`, shortened. */
export function quote(text: string): string {
  const short = text.length > LIMITS.quotedCharacters ? `${text.slice(0, LIMITS.quotedCharacters)}...` : text;
  return JSON.stringify(short);
}

function scalarText(node: { value: unknown; source?: string }): string {
  return typeof node.value === "string" ? node.value : String(node.source ?? node.value);
}

function resolveAlias(document: YamlDocument.Parsed, node: unknown): YamlNode | undefined {
  if (isAlias(node)) return node.resolve(document) as YamlNode | undefined;
  return node === null || node === undefined ? undefined : (node as YamlNode);
}
