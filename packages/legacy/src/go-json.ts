// What Go's JSON decoder says of a text that is no JSON: error texts of the reference end in it, and people search logs for them.
import { quote } from "@nri/protocol";

const LITERALS: Readonly<Record<string, string>> = { t: "true", f: "false", n: "null" };
const END = "unexpected end of JSON input";
/** Deeper nesting is refused there. */
const MAX_DEPTH = 10_000;

/** The text about the first character that does not fit. `json` has one character for each byte; undefined when all fit. */
export function goSyntaxError(json: string): string | undefined {
  try {
    new Scanner(json).document();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return thrown.message;
    throw thrown;
  }
}

function quotedByte(char: string): string {
  return char === "'" ? "'\\''" : char === '"' ? `'"'` : `'${quote(char).slice(1, -1)}'`;
}

/** Walks over a text. No recursion: a megabyte of brackets must not end the process. */
class Scanner {
  readonly #json: string;
  #at = 0;

  constructor(json: string) {
    this.#json = `${json} `; // so that numbers and words have an end, as there
  }

  document(): void {
    const open: ("{" | "[")[] = [];
    this.#open(open);
    while (open.length > 0) {
      const object = open.at(-1) === "{";
      this.#space();
      if (this.#take(object ? "}" : "]")) open.pop();
      else {
        this.#expect(",", object ? "after object key:value pair" : "after array element");
        if (object) this.#key();
        this.#open(open);
      }
    }
    this.#space();
    if (this.#at < this.#json.length) this.#fail("after top-level value");
  }

  /** One value, and of a list or object all first members up to one that has none: what it opened is put on `open`. */
  #open(open: ("{" | "[")[]): void {
    for (;;) {
      this.#space();
      const begin = this.#json[this.#at];
      if (begin !== "{" && begin !== "[") {
        this.#scalar();
        return;
      }
      this.#at++;
      this.#space();
      if (this.#take(begin === "{" ? "}" : "]")) return;
      open.push(begin);
      if (open.length > MAX_DEPTH) throw new SyntaxError("exceeded max depth");
      if (begin === "{") this.#key();
    }
  }

  #key(): void {
    this.#space();
    if (this.#json[this.#at] !== '"') this.#fail("looking for beginning of object key string");
    this.#string();
    this.#space();
    this.#expect(":", "after object key");
  }

  #scalar(): void {
    const begin = this.#json[this.#at] ?? "";
    const literal = Object.hasOwn(LITERALS, begin) ? LITERALS[begin] : undefined;
    if (literal !== undefined) this.#literal(literal);
    else if (begin === '"') this.#string();
    else if (/^[-0-9]$/.test(begin)) this.#number();
    else this.#fail("looking for beginning of value");
  }

  #literal(word: string): void {
    for (const char of word) this.#expect(char, `in literal ${word} (expecting '${char}')`);
  }

  #string(): void {
    this.#at++;
    for (;;) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what is looked for
      this.#match(/[^"\\\u0000-\u001f]*/y);
      if (this.#take('"')) return;
      this.#expect("\\", "in string literal");
      if (this.#take("u")) {
        for (let digit = 0; digit < 4; digit++)
          if (!this.#match(/[0-9a-fA-F]/y)) this.#fail("in \\u hexadecimal character escape");
      } else if (!this.#match(/["\\/bfnrt]/y)) this.#fail("in string escape code");
    }
  }

  #number(): void {
    this.#take("-");
    if (!this.#match(/0|[1-9][0-9]*/y)) this.#fail("in numeric literal");
    if (this.#take(".") && !this.#match(/[0-9]+/y)) this.#fail("after decimal point in numeric literal");
    if (this.#match(/[eE][+-]?/y) && !this.#match(/[0-9]+/y)) this.#fail("in exponent of numeric literal");
  }

  #space(): void {
    this.#match(/[ \t\r\n]*/y);
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.test(this.#json);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  #take(char: string): boolean {
    if (this.#json[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #expect(char: string, context: string): void {
    if (!this.#take(char)) this.#fail(context);
  }

  #fail(context: string): never {
    const found = this.#json[this.#at];
    throw new SyntaxError(found === undefined ? END : `invalid character ${quotedByte(found)} ${context}`);
  }
}
