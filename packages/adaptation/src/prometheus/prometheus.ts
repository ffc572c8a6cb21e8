// The numbers about plugins as Prometheus metrics: names, labels and buckets as containerd's (spec: containerd 4.3).
import type { MetricsRecorder } from "../metrics.js";
import { errorLabel } from "./error-label.js";

/** What a metric is made with. */
export interface PrometheusMetric<Registry> {
  /** Full name. */
  name: string;
  /** What it counts. */
  help: string;
  /** Names of its labels. */
  labelNames: string[];
  /** Upper bounds, for a histogram. */
  buckets?: number[];
  /** Where it is registered; the library's own registry when absent. */
  registers?: Registry[];
}

/** What is used of `prom-client`: pass the module itself. */
export interface PrometheusClient<Registry> {
  /** Makes a counter. */
  readonly Counter: new (
    metric: PrometheusMetric<Registry>,
  ) => { inc(labels: { [label: string]: string }, value?: number): void };
  /** Makes a gauge. */
  readonly Gauge: new (
    metric: PrometheusMetric<Registry>,
  ) => { set(value: number): void };
  /** Makes a histogram. */
  readonly Histogram: new (
    metric: PrometheusMetric<Registry>,
  ) => { observe(labels: { [label: string]: string }, value: number): void };
}

/** Where the metrics go. */
export interface PrometheusOptions<Registry> {
  /** Registry of the metrics; the client library's own when absent. */
  readonly registry?: Registry | undefined;
  /** Begins the names. `containerd_nri_` by default, so that dashboards made for containerd work. */
  readonly prefix?: string | undefined;
}

/** Those of Go's client, which containerd uses: seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Makes four metrics and what fills them, for `createAdaptation({ metrics })`. Like every metric they can be made once for
 * each registry and prefix.
 */
export function prometheusMetrics<Registry>(
  client: PrometheusClient<Registry>,
  { registry, prefix = "containerd_nri_" }: PrometheusOptions<Registry> = {},
): MetricsRecorder {
  const metric = (name: string, help: string, ...labelNames: string[]): PrometheusMetric<Registry> => ({
    name: `${prefix}${name}`,
    help,
    labelNames,
    ...(registry === undefined ? {} : { registers: [registry] }),
  });
  const invocations = new client.Counter(
    metric("plugin_invocations_total", "Calls of NRI plugins", "plugin", "operation", "status", "error"),
  );
  const adjustments = new client.Counter(
    metric(
      "plugin_adjustments_total",
      "Updates and evictions that NRI plugins asked for",
      "plugin",
      "operation",
      "type",
    ),
  );
  const active = new client.Gauge(metric("active_plugins_total", "NRI plugins that are active"));
  const latency = new client.Histogram({
    ...metric("plugin_latency_seconds", "Duration of calls of NRI plugins", "plugin", "operation"),
    buckets: BUCKETS,
  });
  return {
    recordPluginLatency(plugin, operation, latencyMs) {
      latency.observe({ plugin, operation }, latencyMs / 1000);
    },
    recordPluginInvocation(plugin, operation, error) {
      const status = error === undefined ? "success" : "error";
      invocations.inc({ plugin, operation, status, error: errorLabel(error) });
    },
    recordPluginAdjustments(plugin, operation, _adjust, updates, evictions) {
      if (updates > 0) {
        adjustments.inc({ plugin, operation, type: "update" }, updates);
      }
      if (evictions > 0) {
        adjustments.inc({ plugin, operation, type: "evict" }, evictions);
      }
    },
    updatePluginCount(count) {
      active.set(count);
    },
  };
}
