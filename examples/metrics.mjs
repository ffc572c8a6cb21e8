// What plugins cost, for Prometheus: docs/metrics.md explains it.
import { createAdaptation } from "@nri/adaptation";
import { prometheusMetrics } from "@nri/adaptation/prometheus";
import * as client from "prom-client";

const registry = new client.Registry();
const adaptation = createAdaptation({
  runtime: { name: "example", version: "v1.0.0" },
  synchronize: async (sync) => void (await sync([], [])),
  updateContainers: async () => [],
  builtins: [{ index: "10", name: "foo", stopContainer: () => ({ update: [{ containerId: "db" }] }) }],
  metrics: prometheusMetrics(client, { registry }),
});
await adaptation.start();
await adaptation.stopContainer({ pod: { id: "p" }, container: { id: "c" } });
console.log(await registry.metrics());
await adaptation.stop();
