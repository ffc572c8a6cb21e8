// A container runtime that offers NRI, as small as it can be: one pod, one container, one plugin, and the OCI spec that
// comes out on stdout. docs/integrate-a-runtime.md explains it; run it with "node examples/runtime.mjs".
import { fileURLToPath } from "node:url";
import { createAdaptation } from "@nri/adaptation";
import { applyAdjustment, applyUpdate, containerFromSpec, parseSpec, printSpec } from "@nri/oci";
import { cdiInjector, readMountInfo } from "@nri/oci/node";

// What the runtime has: a pod, and the spec of a container that shall be created in it.
const pod = {
  id: "pod-1",
  name: "web",
  uid: "pod-uid-1",
  namespace: "default",
  annotations: { "ulimits.noderesource.dev/container.main": "[{ type: nofile, soft: 1024, hard: 4096 }]" },
};
const config = parseSpec('{"ociVersion":"1.2.0","process":{"cwd":"/","args":["sleep","60"]},"root":{"path":"rootfs"}}');

const pods = new Map([[pod.id, pod]]);
const containers = new Map(); // id -> { known, spec }, those that are created or run

/** What plugins are told about a container: what only the runtime knows, and what its spec says. */
const messageOf = ({ known, spec }) => containerFromSpec(spec, known);
const unheard = () => undefined;

const adaptation = createAdaptation({
  runtime: { name: "example-runtime", version: "1.0.0" },
  // A plugin has come: tell it what exists, and do what it asks for.
  async synchronize(sync) {
    update(await sync([...pods.values()], [...containers.values()].map(messageOf)));
  },
  // A plugin asks on its own. What could not be done goes back to it.
  updateContainers: async (updates) => update(updates),
  plugins: [
    {
      index: "20",
      name: "ulimit-adjuster",
      command: process.execPath, // a path: no PATH is searched
      args: [fileURLToPath(new URL("../plugins/dist/ulimit-adjuster/ulimit-adjuster.js", import.meta.url))],
    },
  ],
  // pluginDir: "/opt/nri/plugins", pluginConfigDir: "/etc/nri/conf.d", socketPath: "/var/run/nri/nri.sock",
  log: { debug: unheard, info: unheard, warn: console.error, error: console.error },
});
try {
  await adaptation.start();

  await adaptation.runPodSandbox({ pod });
  const known = { id: "container-1", podSandboxId: pod.id, name: "main" };
  // Rejects when a plugin refuses, when two are in conflict, or when a validator says no: then nothing has changed.
  const answer = await adaptation.createContainer({ pod, container: messageOf({ known, spec: config }) });
  const { spec, ignored } = applyAdjustment(config, answer.adjust, {
    injectCdiDevices: cdiInjector(),
    mountInfo: readMountInfo,
  });
  if (ignored.length > 0) console.error(`not applied: ${ignored.join(", ")}`);
  const container = { known, spec };
  containers.set(known.id, container);
  update(answer.update); // of other containers
  console.log(printSpec(spec, { indent: 2 })); // here it goes to runc

  await adaptation.postCreateContainer({ pod, container: messageOf(container) });
  await adaptation.startContainer({ pod, container: messageOf(container) });
  await adaptation.postStartContainer({ pod, container: messageOf(container) });
  const stopped = await adaptation.stopContainer({ pod, container: messageOf(container) });
  update(stopped.update);
  containers.delete(known.id);
  await adaptation.removeContainer({ pod, container: messageOf(container) });
  await adaptation.stopPodSandbox({ pod });
  await adaptation.removePodSandbox({ pod });
} finally {
  await adaptation.stop(); // plugins are told, and those that were started are reaped
}

/** Applies updates and gives those that failed. */
function update(updates) {
  return updates.filter((one) => {
    const container = containers.get(one.containerId);
    if (container === undefined) return false;
    try {
      container.spec = applyUpdate(container.spec, one).spec; // and to the container's cgroup
      return false;
    } catch (error) {
      console.error(`update of ${one.containerId}: ${error.message}`);
      return !one.ignoreFailure;
    }
  });
}
