// Numbers of the daemon for Prometheus: what plugins cost under containerd's names, what the bridge does under its own.
import type { MetricsRecorder } from "@nri/adaptation";
import { prometheusMetrics } from "@nri/adaptation/prometheus";
import { EVENTS, NRI_VERSION } from "@nri/protocol";
import * as client from "prom-client";
import type { Bridge } from "../common/bridge.js";
import type { JournalNumbers } from "../journal/journal.js";
import type { RuntimeCall } from "../runtime-call.js";
import { ControlText } from "./control.js";

/** What is looked at when somebody asks. */
export interface MetricSources {
  /** Our own version. */
  readonly version: string;
  /** The bridge, when there is one. */
  readonly bridge: () => Bridge | undefined;
  /** Requests to plugins that wait, or are asked now. */
  readonly requests: () => number;
  /** Calls of wrappers that are not over. */
  readonly leases: () => number;
  /** Who follows the events. */
  readonly followers: () => number;
}

/** The numbers of one daemon. */
export interface DaemonMetrics {
  /** Takes those of plugins. */
  readonly plugins: MetricsRecorder;
  /** Takes those of requests. */
  readonly journal: JournalNumbers;
  /** A call of the OCI runtime did not get as far as the plugins. */
  leaseFailed(call: RuntimeCall): void;
  /** All of them, as Prometheus reads them. */
  text(): Promise<ControlText>;
}

const PREFIX = "nri_bridge_";
/** Seconds: a plugin in a few, a slow one up to its deadline. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Makes them. */
export function daemonMetrics(sources: MetricSources): DaemonMetrics {
  const registry = new client.Registry();
  const registers = [registry];
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new client.Counter({ name: PREFIX + name, help, labelNames, registers });
  const requests = new client.Histogram({
    name: `${PREFIX}request_seconds`,
    help: "Requests to all plugins together, waiting for their turn included",
    labelNames: ["request", "outcome"],
    buckets: BUCKETS,
    registers,
  });
  const adjustments = counter("adjustments_total", "Containers adjusted, by plugin and field", "plugin", "field");
  const refusals = counter("refusals_total", "Calls of the OCI runtime that were refused", "request");
  const changes = counter("changes_total", "Updates and evictions that plugins wanted", "kind", "outcome");
  const leases = counter("lease_failures_total", "Calls that did not get as far as the plugins", "command");
  gauges(registry, sources);
  return {
    plugins: prometheusMetrics(client, { registry }),
    journal: {
      request: ({ event, seconds }, failed) =>
        requests.observe({ request: EVENTS[event].name, outcome: outcomeOf(failed) }, seconds),
      adjusted: (plugin, fields) => {
        for (const field of fields) adjustments.inc({ plugin, field });
      },
      refusal: (request) => refusals.inc({ request }),
      change: (kind, failed) => changes.inc({ kind, outcome: outcomeOf(failed) }),
    },
    leaseFailed: ({ verb }) => leases.inc({ command: verb }),
    text: async () => new ControlText(registry.contentType, await registry.metrics()),
  };
}

function outcomeOf(failed: boolean): string {
  return failed ? "failed" : "done";
}

/** What is looked at when somebody asks. */
function gauges(registry: client.Registry, { version, bridge, requests, leases, followers }: MetricSources): void {
  const gauge = (name: string, help: string, labelNames: string[], values: () => [Record<string, string>, number][]) =>
    new client.Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const [labels, value] of values()) this.set(labels, value);
      },
    });
  const one = (name: string, help: string, value: () => number) => gauge(name, help, [], () => [[{}, value()]]);
  gauge(`${PREFIX}info`, "Version of the bridge, and of NRI", ["version", "nri_version"], () => [
    [{ version, nri_version: NRI_VERSION }, 1],
  ]);
  one(`${PREFIX}requests_under_way`, "Requests that wait for their turn, or are asked", requests);
  one(`${PREFIX}leases_under_way`, "Calls of wrappers that are not over", leases);
  one(`${PREFIX}waiting`, "Calls and events that wait for another of the same container", () => bridge()?.waiting ?? 0);
  one(`${PREFIX}followers`, "Who follows the events", followers);
  gauge(`${PREFIX}engine_connected`, "1 when the engine can be asked", ["engine"], () =>
    (bridge()?.engines ?? []).map(({ name, away }) => [{ engine: name }, away === undefined ? 1 : 0]),
  );
  gauge(`${PREFIX}pods`, "Pods that are known, made-up ones among them", ["domain"], () =>
    counted(bridge()?.pods ?? [], ({ domain }) => ({ domain })),
  );
  gauge(`${PREFIX}containers`, "Containers that are known", ["domain", "state"], () =>
    counted(bridge()?.containers ?? [], ({ domain, state }) => ({ domain, state })),
  );
  one("process_resident_memory_bytes", "Memory of the daemon", () => process.memoryUsage.rss());
  one("process_cpu_seconds_total", "Time of processors that the daemon has used", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  one("process_start_time_seconds", "When the daemon began", () => Date.now() / 1000 - process.uptime());
}

function counted<T>(
  list: readonly T[],
  labelsOf: (one: T) => Record<string, string>,
): [Record<string, string>, number][] {
  const counts = new Map<string, number>();
  for (const one of list) {
    const key = JSON.stringify(labelsOf(one));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Array.from(counts, ([key, count]) => [JSON.parse(key) as Record<string, string>, count]);
}
