// What the plugin does: network devices and sysctls, from annotations.
import { adjustment, annotation, definePlugin } from "@nri/plugin";

const DEVICES = "devices.{{name}}.example.com";
const SYSCTLS = "sysctls.{{name}}.example.com";

/** `a=b, c=d` as pairs. What is thrown refuses the container; the text is in the events of its pod. */
function pairs(key: string, text: string): (readonly [string, string])[] {
  return text.split(",").map((word) => {
    const [name, value, ...rest] = word.trim().split("=");
    if (name && value && rest.length === 0) return [name, value];
    throw new Error(`${key}: "${word.trim()}" is not NAME=VALUE`);
  });
}

export const plugin = definePlugin({
  index: "{{index}}",
  name: "{{name}}",

  createContainer({ pod, container, log }) {
    const devices = annotation(pod, DEVICES, container.name);
    const sysctls = annotation(pod, SYSCTLS, container.name);
    if (devices === undefined && sysctls === undefined) return;
    const where = `${pod.namespace}/${pod.name}/${container.name}`;
    if (!pod.linux?.namespaces.some(({ type }) => type === "network"))
      throw new Error(`${where}: on the host's network nothing of it may be changed`);
    const adjust = adjustment();
    for (const [outside, inside] of devices === undefined ? [] : pairs(DEVICES, devices)) {
      adjust.netDevice(outside, inside);
      log.info(`${where} gets ${outside} as ${inside}`);
    }
    for (const [key, value] of sysctls === undefined ? [] : pairs(SYSCTLS, sysctls)) {
      if (!key.startsWith("net.")) throw new Error(`${SYSCTLS}: ${key} is none of the network's`);
      adjust.sysctl(key, value);
    }
    return { adjust };
  },
});
