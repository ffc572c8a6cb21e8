// Waits that end: nothing is left of the timer when the other side was first.

/** What `promise` resolves with, or undefined after `ms`; without a promise just waits. Keeps the process alive meanwhile. */
export async function within<T>(promise: Promise<T> | undefined, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return promise === undefined ? await late : await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
