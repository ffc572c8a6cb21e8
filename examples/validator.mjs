// The default validator and a validator of one's own, in the runtime's process: docs/default-validator.md explains them.
import { createAdaptation } from "@nri/adaptation";
import { defaultValidator } from "@nri/adaptation/validator";
import { parse } from "yaml";

const adaptation = createAdaptation({
  runtime: { name: "example", version: "v1.0.0" },
  synchronize: async (sync) => void (await sync([], [])),
  updateContainers: async () => [],
  builtins: [
    defaultValidator({ rejectSysctlAdjustment: true, parseYaml: parse }),
    {
      index: "01",
      name: "memory-guard",
      validateUpdates({ plugins, updates }) {
        const starved = updates.find(({ linux }) => (linux?.resources?.memory?.limit?.value ?? 2n ** 30n) < 2n ** 20n);
        if (starved) throw new Error(`${plugins} would leave ${starved.containerId} less than 1 MiB`);
      },
    },
    {
      index: "50",
      name: "tuner", // stands for a plugin that goes too far
      createContainer: () => ({ adjust: { linux: { sysctl: { "net.ipv4.ip_forward": "1" } } } }),
      stopContainer: () => ({
        update: [{ containerId: "db", linux: { resources: { memory: { limit: { value: 1n } } } } }],
      }),
    },
  ],
});
await adaptation.start();

const pod = { id: "p", name: "pod", namespace: "default" };
const container = { id: "c", podSandboxId: "p", name: "web" };
for (const request of ["createContainer", "stopContainer"]) {
  await adaptation[request]({ pod, container }).catch((error) => console.log(`${error.code}: ${error.message}`));
}
await adaptation.stop();
