// What the application gave us to call back: whatever it throws stays with it.
import { errorText } from "./errors.js";
import type { DeprecationRecorder } from "./joining/deprecations.js";
import type { LogFields, Logger, Observer } from "./observer.js";

/** A log that never throws. That it failed is a warning of the process: where else could it be told. */
export function harmlessLog(log: Logger): Logger {
  const failed = (text: string): void => process.emitWarning(text);
  const level = (name: keyof Logger): Logger["info"] =>
    harmless(`the log (${name})`, (text: string, about?: LogFields) => log[name](text, about), failed);
  return { debug: level("debug"), info: level("info"), warn: level("warn"), error: level("error") };
}

/** An observer that never throws; what it does not watch costs as little as before. */
export function harmlessObserver(observer: Observer, log: Logger): Observer {
  const failed = (text: string): void => log.error(text);
  const { call, output, pluginState, warning } = observer;
  return {
    ...(call && { call: harmless("observer.call", call.bind(observer), failed) }),
    ...(output && { output: harmless("observer.output", output.bind(observer), failed) }),
    ...(pluginState && { pluginState: harmless("observer.pluginState", pluginState.bind(observer), failed) }),
    ...(warning && { warning: harmless("observer.warning", warning.bind(observer), failed) }),
  };
}

export function harmlessRecorder(record: DeprecationRecorder, log: Logger): DeprecationRecorder {
  return harmless("the recorder of deprecations", record, (text) => log.error(text));
}

/** `call` without its errors, of which `failed` is told the first; also when it is an asynchronous function. */
function harmless<Args extends unknown[]>(
  what: string,
  call: (...args: Args) => unknown,
  failed: (text: string) => void,
): (...args: Args) => void {
  let told = false;
  const failure = (error: unknown): void => {
    if (!told) {
      told = true;
      failed(`${what} failed: ${errorText(error)}; it is called again, and not told of any more`);
    }
  };
  return (...args) => {
    try {
      const result = call(...args);
      if (result instanceof Promise) {
        result.catch(failure);
      }
    } catch (error) {
      failure(error);
    }
  };
}
