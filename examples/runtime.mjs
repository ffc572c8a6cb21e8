// A container runtime with NRI in 40 lines: docs/embed-the-adaptation.md explains it, "node examples/runtime.mjs" runs it.
import { createAdaptation } from "@nri/adaptation";
import { applyAdjustment, applyUpdate, containerFromSpec, parseSpec, printSpec } from "@nri/oci";

const args = [new URL("../plugins/dist/ulimit-adjuster/ulimit-adjuster.js", import.meta.url).pathname];
const annotations = { "ulimits.noderesource.dev/container.main": "[{ type: nofile, soft: 1024, hard: 4096 }]" };
const pod = { id: "pod-1", name: "web", uid: "pod-uid-1", namespace: "default", annotations };
const containers = new Map(); // what exists: id -> { known, spec }
const messageOf = ({ known, spec }) => containerFromSpec(spec, known);
const asked = (container) => ({ pod, container: messageOf(container) });
const update = (updates) =>
  updates.filter((one) => {
    const container = containers.get(one.containerId);
    if (container) container.spec = applyUpdate(container.spec, one).spec; // and its cgroup
    return !container; // what could not be done goes back
  });
const adaptation = createAdaptation({
  runtime: { name: "example-runtime", version: "1.0.0" },
  synchronize: async (sync) => void update(await sync([pod], [...containers.values()].map(messageOf))),
  updateContainers: async (updates) => update(updates), // a plugin asks on its own
  plugins: [{ index: "20", name: "limits", command: process.execPath, args }], // pluginDir, socketPath: more of them
  observer: { warning: ({ text }) => console.error(text) },
});
try {
  await adaptation.start();
  await adaptation.runPodSandbox({ pod });
  const config = parseSpec('{"ociVersion":"1.2.0","process":{"args":["sleep","60"]}}');
  const container = { known: { id: "ctr-1", podSandboxId: pod.id, name: "main" }, spec: config };
  const answer = await adaptation.createContainer(asked(container)); // rejects when it is refused
  container.spec = applyAdjustment(config, answer.adjust).spec;
  containers.set(container.known.id, container);
  update(answer.update); // of other containers
  await adaptation.postCreateContainer(asked(container));
  console.log(printSpec(container.spec, { indent: 2 })); // goes to runc, between startContainer and postStartContainer
  update((await adaptation.stopContainer(asked(container))).update);
  containers.delete(container.known.id);
  await adaptation.removeContainer(asked(container));
} finally {
  await adaptation.stop(); // plugins are told, and those that were started are reaped
}
