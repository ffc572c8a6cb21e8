// What the script tells the Node.js program: its settings, then the command line as it is.
import { parseArgs } from "node:util";
import { FLAVOURS, type FlavourName } from "./flavour.js";
import type { WhenDown } from "./settings.js";

/** Everything the program is told. */
export interface ProgramOptions {
  readonly engine: string;
  readonly runtime: string;
  readonly flavour: FlavourName;
  readonly socketPath: string;
  readonly waitMs: number;
  readonly answerMs: number;
  readonly whenDown: WhenDown;
  /** The caller's descriptors beyond the standard three, which the runtime gets as they are. */
  readonly descriptors: readonly number[];
  /** Words before the runtime's name that let it end with us; none where the machine cannot. */
  readonly endWithUs: readonly string[];
  /** What the runtime is called with. */
  readonly words: readonly string[];
}

const OPTIONS = {
  engine: { type: "string" },
  runtime: { type: "string" },
  flavour: { type: "string" },
  socket: { type: "string" },
  wait: { type: "string" },
  "answer-wait": { type: "string" },
  "when-down": { type: "string" },
  descriptors: { type: "string" },
  "end-with-us": { type: "string" },
} as const;

/** Reads `SETTINGS -- COMMAND-LINE`. Throws for what the script would not say. */
export function readProgramOptions(args: readonly string[]): ProgramOptions {
  const end = args.indexOf("--");
  if (end < 0) throw new Error("no -- before the runtime's command line; see nri oci --help");
  const { values } = parseArgs({ args: args.slice(0, end), options: OPTIONS, strict: true });
  const text = (name: keyof typeof OPTIONS): string => {
    const value = values[name];
    if (value === undefined) throw new Error(`--${name} is missing; see nri oci --help`);
    return value;
  };
  const flavour = text("flavour");
  if (!Object.hasOwn(FLAVOURS, flavour)) throw new Error(`--flavour "${flavour}": must be runc or crun`);
  return {
    engine: text("engine"),
    runtime: text("runtime"),
    flavour: flavour as FlavourName,
    socketPath: text("socket"),
    waitMs: 1000 * Number(text("wait")),
    answerMs: 1000 * Number(text("answer-wait")),
    whenDown: text("when-down") === "pass" ? "pass" : "refuse",
    descriptors: (values.descriptors ?? "").split(",").filter(Boolean).map(Number),
    endWithUs: (values["end-with-us"] ?? "").split(" ").filter(Boolean),
    words: args.slice(end + 1),
  };
}
