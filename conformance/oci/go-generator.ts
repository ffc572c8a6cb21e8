// Drives the reference's spec generator inside refruntime. Specs travel as text, because the JSON of this language loses digits.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseSpec, printSpec, type Spec } from "@nri/oci";
import type { ContainerAdjustment } from "@nri/protocol";
import { ContainerAdjustment as Adjustment, type Init } from "@nri/protocol";
import { toJson } from "@nri/protocol/json";
import { assertGoProcess, Child } from "../peers/child.js";

/** What the generator made of a spec, or why it refused. */
export type GoResult = { readonly spec: Spec } | { readonly error: string };

/** A running refruntime that is only asked for ApplyAdjustment. */
export class GoGenerator implements AsyncDisposable {
  readonly #child: Child;
  readonly #dir: string;
  #asked = 0;

  private constructor(child: Child, dir: string) {
    this.#child = child;
    this.#dir = dir;
  }

  /** Throws when the program that answers is not the Go one. */
  static async start(binary: string): Promise<GoGenerator> {
    const dir = mkdtempSync(join(tmpdir(), "nri-generator-"));
    const child = new Child(binary, ["-socket", join(dir, "nri.sock")]);
    await child.until("Ready", (lines) => lines.find((line) => line.includes('"Ready"')));
    assertGoProcess(child.pid, binary);
    return new GoGenerator(child, dir);
  }

  /** Applies an adjustment. A spec without one comes back in Go's own form: unknown keys gone, required ones there. */
  async apply(spec: Spec, adjustment: Init<ContainerAdjustment> = {}): Promise<GoResult> {
    const req = JSON.stringify(toJson(Adjustment, Adjustment.create(adjustment)));
    const index = this.#asked++;
    this.#child.write(`{"op":"ApplyAdjustment","spec":${printSpec(spec)},"req":${req}}\n`);
    const answers = (lines: readonly string[]) => lines.filter((line) => !line.includes('"event":'));
    const line = await this.#child.until("the answer to ApplyAdjustment", (lines) => answers(lines)[index]);
    const answer = parseSpec(line) as unknown as { readonly ok: boolean; readonly error?: string; readonly res?: Spec };
    if (!answer.ok || answer.res === undefined) return { error: answer.error ?? line };
    return { spec: parseSpec(printSpec(answer.res)) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.endInput();
    await this.#child[Symbol.asyncDispose]();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
