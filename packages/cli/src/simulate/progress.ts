// On a terminal: one line that says what is waited for when it takes long. Elsewhere nothing.
import type { Output } from "../host.js";
import { LIMITS } from "../limits.js";
import { short } from "../printable.js";

/** The progress line, and lines of others that must not be mixed up with it. */
export class Progress {
  readonly #output: Output;
  #text = "";
  #detail: (() => string) | undefined;
  #since = 0;
  #shown = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Something begins that may take long; `detail` names whom it waits for, when asked. */
  begin(text: string, detail?: () => string): void {
    this.#text = text;
    this.#detail = detail;
    this.#since = performance.now();
    if (!this.#output.isTerminal) return;
    this.#clear();
    this.#timer ??= setInterval(() => this.#show(), 200).unref();
  }

  /** Prints a whole line. */
  line(text: string): void {
    this.#clear();
    this.#output.write(`${text}\n`);
  }

  /** Takes the line away. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#clear();
  }

  #show(): void {
    const milliseconds = performance.now() - this.#since;
    if (milliseconds < LIMITS.progressAfterMs) return;
    const detail = this.#detail?.() ?? "";
    const whom = detail === "" ? "" : `: waiting for ${detail}`;
    this.#output.write(`\r\x1b[K${short(`${this.#text}${whom}`, 60)} (${(milliseconds / 1000).toFixed(1)} s)`);
    this.#shown = true;
  }

  #clear(): void {
    if (this.#shown) this.#output.write("\r\x1b[K");
    this.#shown = false;
  }
}
