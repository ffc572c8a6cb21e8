// Work that is done a little at a time, when nothing else is to be done: running code before it is needed, so that V8 has
// compiled it then.

/** How long after it has been begun it starts. */
export const WARM_UP_START_MS = 20;
/** How long it works without letting anything else run. */
export const WARM_UP_SLICE_MS = 2;
/** How long it then waits at least. */
export const WARM_UP_PAUSE_MS = 3;

/** A warm-up that has begun. */
export interface WarmUp {
  /** Ends it: a request has come, or what it is for has gone. */
  stop(): void;
}

/**
 * Takes steps, as many as fit into a slice, then lets everything else run. What a step gives is waited for; one that throws
 * is the last. `ended` hears once why it has ended; `now` is a clock in milliseconds.
 */
export function runInSlices(
  steps: Iterator<unknown, unknown, undefined>,
  ended: (why: string) => void,
  now: () => number = () => performance.now(),
): WarmUp {
  let over = false;
  let timer: NodeJS.Timeout;
  const slice = async (): Promise<void> => {
    // The last step of a slice begins in its first quarter: of those that find nothing compiled each has a slice of its own.
    const until = now() + WARM_UP_SLICE_MS / 4;
    do {
      const { done, value } = steps.next();
      if (done === true) return end("done");
      await value;
    } while (now() < until && !over);
    if (!over) later(WARM_UP_PAUSE_MS);
  };
  const later = (ms: number): void => {
    timer = setTimeout(
      () => void slice().catch((error: unknown) => end(error instanceof Error ? error.message : String(error))),
      ms,
    );
    timer.unref();
  };
  const end = (why: string): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    steps.return?.();
    ended(why);
  };
  later(WARM_UP_START_MS);
  return { stop: () => end("stopped") };
}
