// A plugin's output as lines: bounded in length, in rate, and in what is kept. The clock is passed in.
import type { AdaptationLimits } from "../limits.js";

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const WINDOW_MS = 1000;
/** Reading is limited in shorter windows, so that a flood never holds the program up for long. */
const READ_WINDOW_MS = 100;

/** What bounds lines. */
export type LineLimits = Pick<AdaptationLimits, "maxOutputLineBytes" | "maxOutputLinesPerSecond">;

/** Cuts a stream of bytes into lines and hands on at most so many per second. */
export class OutputLines {
  readonly #limits: LineLimits;
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
    limits: LineLimits,
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

  /** Takes the next bytes; they may be reused afterwards. Gives the number of lines that end in them. */
  push(chunk: Uint8Array): number {
    let start = 0;
    let lines = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#add(chunk.subarray(start, end));
      this.#line();
      start = end + 1;
      lines++;
    }
    if (start < chunk.length) {
      this.#add(chunk.subarray(start));
    }
    return lines;
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

/** How much of a stream may be read for now. Without it, a plugin that writes as fast as it can takes all our time. */
export class ReadAllowance {
  readonly #maxLines: number;
  readonly #maxBytes: number;
  readonly #now: () => number;
  #windowStart: number;
  #lines = 0;
  #bytes = 0;

  /** `now` is a clock in milliseconds. */
  constructor(limits: AdaptationLimits, now: () => number = Date.now) {
    this.#maxLines = (limits.maxReadLinesPerSecond * READ_WINDOW_MS) / 1000;
    this.#maxBytes = (limits.maxReadBytesPerSecond * READ_WINDOW_MS) / 1000;
    this.#now = now;
    this.#windowStart = now();
  }

  /** Notes what was read; gives the milliseconds to wait before more is read, mostly 0. */
  read(lines: number, bytes: number): number {
    const since = this.#now() - this.#windowStart;
    if (since < 0 || since >= READ_WINDOW_MS) {
      this.#windowStart = this.#now();
      this.#lines = this.#bytes = 0;
    }
    this.#lines += lines;
    this.#bytes += bytes;
    // What one chunk has too much of, later windows pay for.
    const windows = Math.ceil(Math.max(this.#lines / this.#maxLines, this.#bytes / this.#maxBytes));
    return windows <= 1 ? 0 : (windows - 1) * READ_WINDOW_MS;
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
