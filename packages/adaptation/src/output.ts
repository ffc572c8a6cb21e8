// A plugin's output as lines: bounded in length, in rate, and in what is kept. The clock is passed in.
import type { AdaptationLimits } from "./limits.js";

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const WINDOW_MS = 1000;

/** Cuts a stream of bytes into lines and hands on at most so many per second. */
export class OutputLines {
  readonly #limits: AdaptationLimits;
  readonly #emit: (line: string) => void;
  readonly #keep: (line: string) => void;
  readonly #now: () => number;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #cutBytes = 0;
  #windowStart: number;
  #windowLines = 0;
  #suppressed = 0;

  /** `emit` gets the lines within the rate, `keep` all of them. `now` is a clock in milliseconds. */
  constructor(
    limits: AdaptationLimits,
    emit: (line: string) => void,
    keep: (line: string) => void,
    now: () => number = Date.now,
  ) {
    this.#limits = limits;
    this.#emit = emit;
    this.#keep = keep;
    this.#now = now;
    this.#windowStart = now();
  }

  /** Takes the next bytes; they may be reused afterwards. */
  push(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#add(chunk.subarray(start, end));
      this.#line();
      start = end + 1;
    }
    if (start < chunk.length) {
      this.#add(chunk.subarray(start));
    }
  }

  /** Ends the stream: an unfinished line and the number of suppressed lines come out. */
  end(): void {
    if (this.#pendingBytes > 0 || this.#cutBytes > 0) {
      this.#line();
    }
    this.#tellSuppressed();
  }

  #add(bytes: Uint8Array): void {
    const room = this.#limits.maxOutputLineBytes - this.#pendingBytes;
    const taken = bytes.length <= room ? bytes : bytes.subarray(0, room);
    this.#cutBytes += bytes.length - taken.length;
    if (taken.length > 0) {
      this.#pending.push(taken.slice());
      this.#pendingBytes += taken.length;
    }
  }

  #line(): void {
    const bytes = this.#pending.length === 1 ? this.#pending[0] : Buffer.concat(this.#pending, this.#pendingBytes);
    let text = "";
    if (bytes !== undefined) {
      const length = bytes[bytes.length - 1] === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
      text = Buffer.from(bytes.buffer, bytes.byteOffset, length).toString("utf8");
    }
    if (this.#cutBytes > 0) {
      text += ` [${this.#cutBytes} more bytes in this line]`;
    }
    this.#pending = [];
    this.#pendingBytes = this.#cutBytes = 0;
    this.#keep(text);
    const now = this.#now();
    if (now - this.#windowStart >= WINDOW_MS) {
      this.#tellSuppressed();
      this.#windowStart = now;
      this.#windowLines = 0;
    }
    if (this.#windowLines < this.#limits.maxOutputLinesPerSecond) {
      this.#windowLines++;
      this.#emit(text);
    } else {
      this.#suppressed++;
    }
  }

  #tellSuppressed(): void {
    if (this.#suppressed > 0) {
      const count = this.#suppressed;
      this.#suppressed = 0;
      this.#emit(`[${count} lines not shown: more than ${this.#limits.maxOutputLinesPerSecond} in a second]`);
    }
  }
}

/** The last lines of an output, bounded in bytes. */
export class OutputTail {
  readonly #maxBytes: number;
  #lines: string[] = [];
  #first = 0;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#bytes += line.length + 1;
    while (this.#bytes > this.#maxBytes && this.#first < this.#lines.length) {
      this.#bytes -= (this.#lines[this.#first] ?? "").length + 1;
      this.#first++;
    }
    if (this.#first > 1024) {
      this.#lines = this.#lines.slice(this.#first);
      this.#first = 0;
    }
  }

  get text(): string {
    return this.#lines
      .slice(this.#first)
      .map((line) => `${line}\n`)
      .join("");
  }
}
