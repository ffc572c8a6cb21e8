// What the plugin does: devices by name, from an annotation.
import { adjustment, annotation, type DeviceSettings, definePlugin } from "@nri/plugin";

const ANNOTATION = "devices.{{name}}.example.com";

/** What a name stands for on your nodes: `stat -c '%t:%T' /dev/fuse` prints major and minor in hexadecimal. */
const DEVICES: ReadonlyMap<string, DeviceSettings> = new Map([
  ["fuse", { path: "/dev/fuse", type: "c", major: 10n, minor: 229n, fileMode: 0o666 }],
  ["kvm", { path: "/dev/kvm", type: "c", major: 10n, minor: 232n, fileMode: 0o660 }],
  ["tun", { path: "/dev/net/tun", type: "c", major: 10n, minor: 200n, fileMode: 0o666 }],
]);

export const plugin = definePlugin({
  index: "{{index}}",
  name: "{{name}}",

  createContainer({ pod, container, log }) {
    const wanted = annotation(pod, ANNOTATION, container.name);
    if (wanted === undefined) return;
    const where = `${pod.namespace}/${pod.name}/${container.name}`;
    const adjust = adjustment();
    for (const name of new Set(wanted.split(",").map((word) => word.trim()))) {
      const device = DEVICES.get(name);
      if (device === undefined) {
        // What is thrown refuses the container; the text is in the events of its pod.
        throw new Error(`${where}: ${ANNOTATION}: no device "${name}"; there are ${[...DEVICES.keys()].join(", ")}`);
      }
      adjust.device(device);
      log.info(`${where} gets ${device.path}`);
    }
    return { adjust };
  },
});
