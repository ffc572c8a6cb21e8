/**
 * The numbers about plugins as Prometheus metrics, with the names that containerd gives them. The client library is the
 * application's own: `prom-client`, or anything of its shape.
 *
 * @packageDocumentation
 */
export type { MetricsRecorder } from "../metrics.js";
export {
  type PrometheusClient,
  type PrometheusMetric,
  type PrometheusOptions,
  prometheusMetrics,
} from "./prometheus.js";
