// What the plugin does: resources by class, when a container is created and when it is updated.
import { adjustment, annotation, type CpuSettings, definePlugin, update } from "@nri/plugin";

const ANNOTATION = "class.{{name}}.example.com";

interface ResourceClass {
  readonly cpu: CpuSettings;
  /** Most processes and threads. */
  readonly pids: bigint;
}

/** Whatever a class does not set stays as Kubernetes wants it. 64-bit numbers are bigints. */
const CLASSES: ReadonlyMap<string, ResourceClass> = new Map([
  ["batch", { cpu: { shares: 64n }, pids: 4096n }],
  ["latency", { cpu: { shares: 8192n }, pids: 512n }],
]);

/** The class of a container; undefined when it has none. Throws for one that nobody knows, which refuses the request. */
function classOf(pod: Parameters<typeof annotation>[0], container: string): ResourceClass | undefined {
  const name = annotation(pod, ANNOTATION, container);
  if (name === undefined) return undefined;
  const found = CLASSES.get(name);
  if (found !== undefined) return found;
  throw new Error(
    `container ${container}: ${ANNOTATION}: no class "${name}"; there are ${[...CLASSES.keys()].join(", ")}`,
  );
}

export const plugin = definePlugin({
  index: "{{index}}",
  name: "{{name}}",

  createContainer({ pod, container }) {
    const found = classOf(pod, container.name);
    return found && { adjust: adjustment().cpu(found.cpu).pids(found.pids) };
  },

  updateContainer({ pod, container, log }) {
    const found = classOf(pod, container.name);
    if (found === undefined) return;
    log.info(`${pod.namespace}/${pod.name}/${container.name} keeps the CPU weight of its class`);
    return { updates: [update(container.id).cpu(found.cpu)] };
  },
});
