// The metrics as a real prom-client prints them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { StatusError } from "@nri/ttrpc";
import * as client from "prom-client";
import { AdaptationError } from "../errors.js";
import { startLab } from "../lab.fixture.js";
import { failing } from "../raw-plugin.fixture.js";
import { errorLabel } from "./error-label.js";
import { prometheusMetrics } from "./prometheus.js";

const pod = { id: "p1", name: "pod" };
const container = { id: "c1", podSandboxId: "p1", name: "one" };

test("calls, their duration, updates, evictions and active plugins are counted under containerd's names", async () => {
  const registry = new client.Registry();
  await using lab = await startLab({ metrics: prometheusMetrics(client, { registry }) });
  const update = [{ containerId: "c2" }, { containerId: "c3" }];
  await lab.connect({
    on: {
      createContainer: () => ({ update, evict: [{ containerId: "c4", reason: "full" }] }),
      startContainer: failing("not now", 9),
    },
  });
  await lab.adaptation.createContainer({ pod, container });
  await assert.rejects(lab.adaptation.startContainer({ pod, container }));
  const lines = (await registry.metrics()).split("\n");
  for (const line of [
    "# TYPE containerd_nri_plugin_invocations_total counter",
    'containerd_nri_plugin_invocations_total{plugin="10-raw",operation="Synchronize",status="success",error=""} 1',
    'containerd_nri_plugin_invocations_total{plugin="10-raw",operation="CreateContainer",status="success",error=""} 1',
    'containerd_nri_plugin_invocations_total{plugin="10-raw",operation="StartContainer",status="error",error="failed_precondition"} 1',
    "# TYPE containerd_nri_plugin_adjustments_total counter",
    'containerd_nri_plugin_adjustments_total{plugin="10-raw",operation="CreateContainer",type="update"} 2',
    'containerd_nri_plugin_adjustments_total{plugin="10-raw",operation="CreateContainer",type="evict"} 1',
    "# TYPE containerd_nri_active_plugins_total gauge",
    "containerd_nri_active_plugins_total 1",
    "# TYPE containerd_nri_plugin_latency_seconds histogram",
    'containerd_nri_plugin_latency_seconds_count{plugin="10-raw",operation="CreateContainer"} 1',
    'containerd_nri_plugin_latency_seconds_bucket{le="+Inf",plugin="10-raw",operation="StartContainer"} 1',
  ]) {
    assert.ok(lines.includes(line), line);
  }
  const bounds = lines.flatMap((line) => /_bucket\{le="([^"]+)".*CreateContainer/.exec(line)?.[1] ?? []);
  assert.deepEqual(bounds, ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"]);
});

test("the prefix can be the runtime's own", async () => {
  const registry = new client.Registry();
  const recorder = prometheusMetrics(client, { registry, prefix: "my_" });
  recorder.updatePluginCount(3);
  recorder.recordPluginLatency("10-foo", "CreateContainer", 30);
  const text = await registry.metrics();
  assert.match(text, /^my_active_plugins_total 3$/m);
  assert.match(text, /^my_plugin_latency_seconds_sum\{plugin="10-foo",operation="CreateContainer"\} 0\.03$/m);
  assert.match(text, /^my_plugin_latency_seconds_bucket\{le="0\.025",.*\} 0$/m);
});

test("an error is labelled with its gRPC code in snake case, or as other", () => {
  const failed = (cause?: Error): Error => new AdaptationError("request-failed", "failed", { cause });
  assert.equal(errorLabel(undefined), "");
  assert.equal(errorLabel(failed()), "other");
  assert.equal(errorLabel(new Error("plain")), "other");
  assert.equal(errorLabel(new AdaptationError("plugin-closed", "gone")), "other");
  assert.equal(errorLabel(new AdaptationError("request-timeout", "late")), "deadline_exceeded");
  assert.equal(errorLabel(new AdaptationError("canceled", "given up")), "canceled");
  const timeout = new DOMException("late", "TimeoutError");
  assert.equal(errorLabel(new AdaptationError("canceled", "given up", { cause: timeout })), "deadline_exceeded");
  assert.equal(errorLabel(new AdaptationError("message-too-large", "large")), "resource_exhausted");
  const labels = Array.from({ length: 18 }, (_, code) => errorLabel(failed(new StatusError(code, "text"))));
  assert.deepEqual(labels, [
    "ok",
    "canceled",
    "unknown",
    "invalid_argument",
    "deadline_exceeded",
    "not_found",
    "already_exists",
    "permission_denied",
    "resource_exhausted",
    "failed_precondition",
    "aborted",
    "out_of_range",
    "unimplemented",
    "internal",
    "unavailable",
    "data_loss",
    "unauthenticated",
    "unknown_code",
  ]);
});
