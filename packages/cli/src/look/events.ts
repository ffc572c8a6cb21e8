// nri events: what happened on the node, and what happens.
import type { JournalEvent } from "@nri/runtime/serve";
import { errorText } from "../error-text.js";
import { EXIT, type Host, UsageError } from "../host.js";
import { type Paint, printable, short } from "../printable.js";
import { readArguments } from "../usage.js";
import { answerTo, controlSocket, LOOK_HELP, LOOK_OPTIONS, noDaemon, paintOf } from "./question.js";

const HELP = `Usage: nri events [--follow] [--after SEQ|now] [--json] [--control PATH]

What happened on the node: requests to plugins and what came of them, refusals, updates, evictions, plugins and engines that
come and go. Events are numbered; those that are not kept any more are counted.

Options:
  -f, --follow        go on with what happens, until Ctrl-C
  --after SEQ         only events after this number; now: only those to come (with --follow)
  --json              one document; with --follow one JSON object a line (docs/control-api.md)
${LOOK_HELP}

Example:
  nri events --follow --after now
`;

const OPTIONS = {
  ...LOOK_OPTIONS,
  follow: { type: "boolean", short: "f" },
  after: { type: "string" },
} as const;

/** Runs the command. Throws UsageError for wrong use. */
export async function events(args: readonly string[], host: Host): Promise<number> {
  const { values } = readArguments("events", { args: [...args], options: OPTIONS });
  if (values.help) {
    host.stdout.write(HELP);
    return EXIT.ok;
  }
  const { after, follow = false, json = false } = values;
  if (after !== undefined && !/^(\d{1,15}|now)$/.test(after)) {
    throw new UsageError(`--after "${after}": must be the number of an event, or now`);
  }
  const paint = paintOf(values, host);
  const socket = await controlSocket(values, host);
  if (typeof socket === "number") return socket;
  const query = after === undefined ? [] : [`after=${after}`];
  if (follow) return await followed(["follow=true", ...query].join("&"), socket, json, paint, host);
  const text = await answerTo(["/v1/events", ...query].join("?"), socket, host);
  if (text === undefined) return EXIT.failed;
  if (json) host.stdout.write(text);
  else {
    const { lost, events: all } = JSON.parse(text) as { readonly lost: number; readonly events: JournalEvent[] };
    if (lost > 0) host.stdout.write(`${lostText(lost, paint)}\n`);
    for (const event of all) host.stdout.write(`${eventText(event, paint)}\n`);
  }
  return EXIT.ok;
}

/** What is told beside events while they are followed. */
type Told =
  | JournalEvent
  | { readonly kind: "lost"; readonly count: number }
  | { readonly kind: "dropped"; readonly text: string };

async function followed(query: string, socket: string, json: boolean, paint: Paint, host: Host): Promise<number> {
  const { followControl } = await import("@nri/runtime/serve");
  host.endsByItself(["SIGINT", "SIGTERM"]);
  try {
    const lines = await followControl(socket, `/v1/events?${query}`, host.signal);
    if (lines === undefined) {
      host.stderr.write(`nri: ${printable(noDaemon(socket))}\n`);
      return EXIT.failed;
    }
    for await (const line of lines) {
      const told = JSON.parse(line) as Told;
      if (json) host.stdout.write(`${line}\n`);
      else if (told.kind === "lost") host.stdout.write(`${lostText(told.count, paint)}\n`);
      else if (told.kind !== "dropped") host.stdout.write(`${eventText(told, paint)}\n`);
      if (told.kind !== "dropped") continue;
      host.stderr.write(`nri: ${printable(`the daemon has let us go: ${told.text}`)}\n`);
      return EXIT.failed;
    }
    return EXIT.ok;
  } catch (error) {
    if (host.signal.aborted) return EXIT.ok;
    host.stderr.write(`nri: ${printable(`${socket}: ${errorText(error)}`)}\n`);
    return EXIT.failed;
  }
}

function lostText(count: number, paint: Paint): string {
  return paint.yellow(`... ${count} earlier event${count === 1 ? " is" : "s are"} not kept any more`);
}

/** One line: when, what, of what, who, and why not. */
function eventText(event: JournalEvent, paint: Paint): string {
  const { seq, at, outcome, text, ms } = event;
  const bad = outcome === "failed" || outcome === "away" || (event.kind === "plugin" && text !== undefined);
  const parts = [
    paint.dim(`${String(seq).padStart(5)}  ${at.slice(11, 23)}`),
    (bad ? paint.red : paint.cyan)(printable(whatOf(event)).padEnd(24)),
    printable(subjectOf(event)),
    whoOf(event),
    ms === undefined ? "" : paint.dim(`${ms.toFixed(1)} ms`),
    text === undefined ? "" : (bad ? paint.red : paint.dim)(short(text, 300)),
  ];
  return parts.filter((part) => part !== "").join("  ");
}

function whatOf({ kind, request = "", outcome, engine = "" }: JournalEvent): string {
  switch (kind) {
    case "request":
      return outcome === "done" ? request : `${request} failed`;
    case "refusal":
      return `${request} refused`;
    case "failure":
      return "not created";
    case "update":
    case "eviction":
      return outcome === "done" ? kind : `${kind} failed`;
    case "plugin":
      return `plugin ${outcome}`;
    case "engine":
      return `engine ${outcome}`;
    case "lease":
      return `${request} of ${engine} refused`;
  }
}

function subjectOf({ domain, pod, container, name = "", plugin, engine, kind }: JournalEvent): string {
  if (kind === "plugin") return plugin ?? "";
  if (kind === "engine") return engine ?? "";
  const id = container ?? pod ?? "";
  const where = domain === undefined ? id : `${domain}/${id}`;
  return name === "" || name === id ? where : `${where} (${name})`;
}

function whoOf({ plugins = [] }: JournalEvent): string {
  return plugins
    .map(({ name, outcome }) => printable(outcome === "answered" ? name : `${name} (${outcome})`))
    .join(", ");
}
