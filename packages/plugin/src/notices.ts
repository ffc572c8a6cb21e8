// Tells the author what no call of a runtime says: connected, disconnected. Begun in order; errors are only logged.
import { errorText } from "./errors.js";
import type { NoticeContext } from "./handlers.js";
import { NOTICE_GRACE_MS } from "./limits.js";

/** The notices of one run of a plugin. */
export class Notices {
  readonly #running = new Set<Promise<void>>();

  constructor(readonly context: () => NoticeContext) {}

  /** Calls `handler` soon, after those before it have been called: they need not have ended, one may run for ever. */
  give(name: string, handler: (context: NoticeContext) => unknown): void {
    const running = this.#call(name, handler).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #call(name: string, handler: (context: NoticeContext) => unknown): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const context = this.context();
    try {
      await handler(context);
    } catch (error) {
      context.log.error(`handler ${name} of plugin ${context.plugin.name} failed: ${errorText(error)}`);
    }
  }

  /** Resolves when all are through, or have had their time. */
  async settled(): Promise<void> {
    if (this.#running.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, NOTICE_GRACE_MS);
    });
    await Promise.race([Promise.all(this.#running), late]);
    clearTimeout(timer);
  }
}
