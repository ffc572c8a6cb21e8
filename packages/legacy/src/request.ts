// From a task and its OCI spec to the request, and from a request's JSON back. Spec: v010 3.
import { type JsonValue, parseAnyJson, parseLinuxResources, printJson, type Spec } from "@nri/oci";
import { isEmptyMap, setOwn, type WireMap } from "@nri/protocol";
import type { ConfiguredPlugin } from "./configuration.js";
import { Fields } from "./fields.js";
import type { LegacyRequest, LegacyResult, State } from "./types.js";

/** The container, or pod, that a request is about. */
export interface Task {
  /** Its id. */
  readonly id: string;
  /** Its process id; 0 or absent for none. */
  readonly pid?: number | undefined;
  /** Its OCI spec, or where to get that; not asked for when no plugin is configured. */
  readonly spec: Spec | (() => Spec | Promise<Spec>);
}

/** The pod of a container. */
export interface Sandbox {
  /** Its id. */
  readonly id: string;
  /** Its labels. */
  readonly labels?: Readonly<WireMap<string>> | undefined;
}

/** What every plugin of a chain is told. */
export interface Subject {
  readonly task: Pick<Task, "id" | "pid">;
  readonly spec: Spec;
  readonly state: State;
  readonly sandbox: Sandbox | undefined;
}

/** The request for one plugin as JSON, in the order of the reference; what is empty is left out. */
export function printRequest(
  { task, spec, state, sandbox }: Subject,
  { conf, version }: ConfiguredPlugin,
  results: readonly LegacyResult[],
): string {
  return printJson({
    conf,
    version,
    state,
    id: task.id,
    sandboxID: sandbox?.id || undefined,
    pid: task.pid || undefined,
    spec: specPart(spec),
    labels: entries(sandbox?.labels),
    results: results.length === 0 ? undefined : results.map(printable),
  });
}

function specPart(spec: Spec): object {
  const { linux } = spec;
  // Specs for Windows have no type here, but are kept as they were read.
  const { windows } = spec as { windows?: { resources?: JsonValue } | null };
  const namespaces: WireMap<string> = {};
  for (const { type, path } of linux?.namespaces ?? []) setOwn(namespaces, type, path ?? "");
  return {
    resources: (linux ?? windows)?.resources ?? null,
    namespaces: entries(namespaces),
    cgroupsPath: linux?.cgroupsPath || undefined,
    annotations: entries(spec.annotations),
  };
}

function entries(map: Readonly<WireMap<string>> | null | undefined): Readonly<WireMap<string>> | undefined {
  return isEmptyMap(map ?? undefined) ? undefined : (map ?? undefined);
}

/** A result as it is written: without metadata when there is none. */
export function printable({ plugin, version, error, metadata }: LegacyResult): object {
  return { plugin, version, error, metadata: entries(metadata) };
}

/** Reads a request. Throws what names the field that is wrong. */
export function parseRequest(input: string | Uint8Array): LegacyRequest {
  const request = new Fields(parseAnyJson(input, { name: "request", lenient: true }), "");
  const spec = new Fields(request.value("spec") ?? null, "spec");
  const resources = spec.value("resources");
  return {
    conf: request.value("conf"),
    version: request.text("version"),
    state: request.text("state"),
    id: request.text("id"),
    sandboxID: request.text("sandboxID"),
    pid: request.integer("pid"),
    spec: {
      // once more, since only its shape tells which numbers are bigint
      resources:
        resources === undefined ? null : parseLinuxResources(printJson(resources), { name: spec.at("resources") }),
      namespaces: spec.texts("namespaces"),
      cgroupsPath: spec.text("cgroupsPath"),
      annotations: spec.texts("annotations"),
    },
    labels: request.texts("labels"),
    results: request.list("results").map((item, index) => resultOf(item, `results[${index}]`)),
  };
}

function resultOf(value: JsonValue, where: string): LegacyResult {
  const result = new Fields(value, where);
  return {
    plugin: result.text("plugin"),
    version: result.text("version"),
    error: result.text("error"),
    metadata: result.texts("metadata"),
  };
}
