// podman's own program, asked while the API is away: it has no daemon, so that it always answers. Each question starts a process.
import { parseAnyJson } from "@nri/oci";
import { at, integer, type Json, list, strings, text } from "../json.js";
import { LIMITS } from "../limits.js";
import { runProgram } from "../oci/run-program.js";
import { nanoseconds } from "../rfc3339-time.js";
import { EVER, type ListedByPodman, listed, type PodmanEvent, type PodmanSource } from "./source.js";

/** The program at an absolute name. */
export class PodmanProgram implements PodmanSource {
  readonly ms = LIMITS.podman.programMs;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async past(id: string, actions: readonly string[], signal: AbortSignal): Promise<PodmanEvent[]> {
    const which = [`container=${id}`, ...actions.map((action) => `event=${action}`)];
    const filters = which.flatMap((filter) => ["--filter", filter]);
    const text = await this.#run(["events", "--stream=false", "--since", EVER, ...filters, "--format", "json"], signal);
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => readPrintedEvent(parseAnyJson(line, { name: "an event of podman" })));
  }

  async containers(ids: readonly string[] | undefined, signal: AbortSignal): Promise<ListedByPodman[]> {
    const filters = (ids ?? []).flatMap((id) => ["--filter", `id=${id}`]);
    const text = await this.#run(["ps", "--all", "--no-trunc", ...filters, "--format", "json"], signal);
    return list(parseAnyJson(text, { name: "podman's list" })).map(listed);
  }

  async stop(id: string, signal: AbortSignal): Promise<void> {
    await this.#run(["stop", "--time", "0", id], signal);
  }

  async #run(args: readonly string[], signal: AbortSignal): Promise<string> {
    const { programMs: timeoutMs, maxProgramBytes: maxOutputBytes } = LIMITS.podman;
    const { code, stdout, stderr } = await runProgram(this.#path, args, { signal, timeoutMs, maxOutputBytes });
    if (code !== 0) throw new Error(`${this.#path} ${args[0]}: ${stderr.trim() || `exit code ${code}`}`);
    return stdout;
  }
}

/** An event as the program prints it. podman 4.3 has times as text, and no pod. */
export function readPrintedEvent(event: Json): PodmanEvent {
  return {
    type: text(at(event, "Type")) === "pod" ? "pod" : "container",
    action: text(at(event, "Status")),
    id: text(at(event, "ID")),
    name: text(at(event, "Name")),
    image: text(at(event, "Image")),
    labels: strings(at(event, "Attributes")),
    podId: text(at(event, "PodID")),
    exitCode: Number(integer(at(event, "ContainerExitCode"))) | 0,
    at: integer(at(event, "timeNano")) || nanoseconds(text(at(event, "Time"))),
  };
}
