// Lossless JSON, reading: digits, unknown keys and key order survive; what is wrong is told with line and column.
import { setOwn } from "@nri/protocol";
import { OciError, type OciErrorCode } from "../errors.js";
import { DEFAULT_JSON_LIMITS, type JsonLimits } from "../limits.js";
import { exactNumber, type JsonValue } from "./number.js";
import { rememberOrder } from "./order.js";
import { ANY, memberShape, type Shape, valueError } from "./shape.js";

/** How a document is read. */
export interface ParseOptions {
  /** What the document is called in errors: `NAME:LINE:COLUMN: text`. Default `spec`. */
  readonly name?: string | undefined;
  /** Maxima; what is left out has its default. */
  readonly limits?: Partial<JsonLimits> | undefined;
}

/** How any JSON is read. */
export interface JsonOptions extends ParseOptions {
  /**
   * Reads what Go's decoder of streams takes without a word: of a key that is there twice the last one counts, and what
   * stands behind the first value is not looked at. Off by default: both are refused.
   */
  readonly lenient?: boolean | undefined;
}

/** Reads one JSON document, checked against `shape`. Throws OciError with line and column. */
export function parseJson(input: string | Uint8Array, shape: Shape, options: JsonOptions = {}): JsonValue {
  const limits = { ...DEFAULT_JSON_LIMITS, ...options.limits };
  const name = options.name ?? "spec";
  if (input.length > limits.maxLength) {
    throw new OciError("limit", `${name}: longer than ${limits.maxLength} bytes`);
  }
  const text = typeof input === "string" ? input : decode(input, name);
  return new Parser(text, name, limits.maxDepth, options.lenient ?? false).document(shape);
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new OciError("invalid-json", `${name}: not UTF-8`, { cause });
  }
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// Up to the closing quote, an escape or a control character, which JSON forbids in strings.
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what is looked for
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPES: { readonly [letter: string]: string } = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

class Parser {
  readonly #text: string;
  readonly #name: string;
  readonly #maxDepth: number;
  readonly #lenient: boolean;
  readonly #path: (string | number)[] = [];
  #at = 0;

  constructor(text: string, name: string, maxDepth: number, lenient: boolean) {
    this.#text = text;
    this.#name = name;
    this.#maxDepth = maxDepth;
    this.#lenient = lenient;
  }

  document(shape: Shape): JsonValue {
    const value = this.#value(shape);
    if (this.#lenient) return value;
    this.#space();
    if (this.#at < this.#text.length) this.#unexpected("the end of the document");
    return value;
  }

  #fail(code: OciErrorCode, text: string, at = this.#at): never {
    const before = this.#text.slice(0, at);
    const line = before.split("\n").length;
    const column = at - before.lastIndexOf("\n");
    throw new OciError(code, `${this.#name}:${line}:${column}: ${text}`, { line, column });
  }

  #unexpected(wanted: string): never {
    const found = this.#text.codePointAt(this.#at);
    const what = found === undefined ? "the document ends" : `found ${JSON.stringify(String.fromCodePoint(found))}`;
    this.#fail("invalid-json", `${what} where ${wanted} was expected`);
  }

  #space(): void {
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text.charCodeAt(this.#at);
      if (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09) return;
    }
  }

  #take(char: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #value(shape: Shape): JsonValue {
    this.#space();
    const start = this.#at;
    const value = this.#any(shape);
    const wrong = valueError(shape, value);
    if (wrong !== undefined) {
      const where = this.#path.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("");
      this.#fail("invalid-spec", `${where.replace(/^\./, "") || "the document"}: ${wrong}`, start);
    }
    return value;
  }

  #any(shape: Shape): JsonValue {
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(shape);
      case "[":
        return this.#array(shape);
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#number(shape);
    }
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#unexpected("a value");
    this.#at += word.length;
    return value;
  }

  #number(shape: Shape): number | bigint | JsonValue {
    NUMBER.lastIndex = this.#at;
    const text = NUMBER.exec(this.#text)?.[0];
    if (text === undefined) this.#unexpected("a value");
    this.#at += text.length;
    if (/[0-9.+a-zA-Z-]/.test(this.#text[this.#at] ?? "")) this.#unexpected("the end of a number");
    const value = exactNumber(text);
    return shape.kind === "bigint" && typeof value === "number" && Number.isInteger(value) ? BigInt(value) : value;
  }

  #string(): string {
    this.#at++;
    let result = "";
    for (;;) {
      PLAIN.lastIndex = this.#at;
      const plain = PLAIN.exec(this.#text)?.[0] ?? "";
      result += plain;
      this.#at += plain.length;
      const char = this.#text[this.#at];
      if (char === '"') {
        this.#at++;
        return result;
      }
      if (char !== "\\") this.#unexpected("the end of a string");
      result += this.#escape();
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? "";
    const simple = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (simple !== undefined) {
      this.#at += 2;
      return simple;
    }
    const hex = this.#text.slice(this.#at + 2, this.#at + 6);
    if (letter !== "u" || !/^[0-9a-fA-F]{4}$/.test(hex)) this.#fail("invalid-json", "unknown escape in a string");
    this.#at += 6;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  #enter(part: string | number): void {
    this.#path.push(part);
    if (this.#path.length > this.#maxDepth) this.#fail("limit", `deeper than ${this.#maxDepth} levels`);
  }

  #array(shape: Shape): JsonValue[] {
    this.#at++;
    const items: JsonValue[] = [];
    if (this.#take("]")) return items;
    const item = shape.kind === "list" ? shape.item : ANY;
    do {
      this.#enter(items.length);
      items.push(this.#value(item));
      this.#path.pop();
    } while (this.#take(","));
    if (!this.#take("]")) this.#unexpected('"," or "]"');
    return items;
  }

  #object(shape: Shape): { [key: string]: JsonValue } {
    this.#at++;
    const object: { [key: string]: JsonValue } = {};
    const keys: string[] = [];
    if (this.#take("}")) return object;
    do {
      this.#space();
      const start = this.#at;
      if (this.#text[start] !== '"') this.#unexpected("a key in quotes");
      const key = this.#string();
      const again = Object.hasOwn(object, key);
      if (again && !this.#lenient) this.#fail("duplicate-key", `key ${JSON.stringify(key)} is there twice`, start);
      if (!this.#take(":")) this.#unexpected('":"');
      this.#enter(key);
      setOwn(object, key, this.#value(memberShape(shape, key)));
      this.#path.pop();
      if (!again) keys.push(key);
    } while (this.#take(","));
    if (!this.#take("}")) this.#unexpected('"," or "}"');
    rememberOrder(object, keys);
    return object;
  }
}
