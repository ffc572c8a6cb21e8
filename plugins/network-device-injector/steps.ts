// Steps that are done one after the other, and undone backwards when one fails. Knows nothing of what they do.
import { errorText } from "../common/error-text.js";

/** Where a command runs. */
export type Place = "host" | "pod";

/** Arguments of one call of `ip`, and where it runs. */
export interface Command {
  readonly at: Place;
  readonly args: readonly string[];
}

/** A command, and the one that takes it back. */
export interface Step extends Command {
  readonly undo?: Command | undefined;
}

/** Runs the steps. When one fails those before it are undone, and its error is thrown, with what could not be undone. */
export async function runSteps(
  steps: readonly Step[],
  run: (command: Command) => Promise<unknown>,
  undo: (command: Command) => Promise<unknown>,
): Promise<void> {
  const done: Step[] = [];
  for (const step of steps) {
    try {
      await run(step);
      done.push(step);
    } catch (error) {
      throw new Error([errorText(error), ...(await undoAll(done, undo))].join("; "));
    }
  }
}

async function undoAll(done: readonly Step[], undo: (command: Command) => Promise<unknown>): Promise<string[]> {
  const failures: string[] = [];
  for (const step of [...done].reverse()) {
    if (step.undo === undefined) continue;
    // What comes after one that fails is tried all the same: the more of it works, the less is left behind.
    await undo(step.undo).catch((error: unknown) => failures.push(`not undone: ${errorText(error)}`));
  }
  return failures;
}
