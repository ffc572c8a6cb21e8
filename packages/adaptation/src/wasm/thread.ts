// The thread of one module: loads it, calls it when it is told to, and hands on what it prints, within limits.
import { parentPort, workerData } from "node:worker_threads";
import { errorText } from "../errors.js";
import { OutputLines } from "../launching/output.js";
import type { LogLevel } from "../observer.js";
import type { FromThread, LineSource, ModuleCall, ThreadStart } from "./messages.js";
import { AnsweredError, LoadedModule } from "./module.js";
import { ModuleExit } from "./system.js";

const { module: bytes, limits } = workerData as ThreadStart;

function tell(message: FromThread, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

// Each source has its own rate: a module that floods one of them fills no queue, and silences no other.
function lines(source: LineSource): OutputLines {
  const emit = (line: string): void => tell({ what: "line", source, line });
  return new OutputLines(limits, emit, () => undefined);
}
const streams = { stdout: lines({ stream: "stdout" }), stderr: lines({ stream: "stderr" }) };
const logs: { readonly [Level in LogLevel]: OutputLines } = {
  debug: lines({ stream: "log", level: "debug" }),
  info: lines({ stream: "log", level: "info" }),
  warn: lines({ stream: "log", level: "warn" }),
  error: lines({ stream: "log", level: "error" }),
};

function exited(code: number): void {
  for (const output of [...Object.values(streams), ...Object.values(logs)]) {
    output.end();
  }
  tell({ what: "exited", code });
  parentPort?.close();
}

try {
  const module = new LoadedModule(bytes, limits, {
    write: (stream, text) => streams[stream].push(text),
    log: (level, text) => logs[level].push(Buffer.from(`${text}\n`)),
  });
  parentPort?.on("message", ({ id, call, request }: ModuleCall) => {
    try {
      const answer = module.call(call, request);
      tell({ what: "answer", id, answer }, [answer.buffer as ArrayBuffer]);
    } catch (error) {
      if (error instanceof ModuleExit) {
        exited(error.code);
      } else {
        tell({ what: "error", id, text: errorText(error), answered: error instanceof AnsweredError });
      }
    }
  });
  tell({ what: "loaded" });
} catch (error) {
  if (error instanceof ModuleExit) {
    exited(error.code);
  } else {
    tell({ what: "refused", text: errorText(error) });
  }
}
