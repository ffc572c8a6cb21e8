// What the plugin refuses: a verdict on what all plugins together have made of a container.
import { definePlugin } from "@nri/plugin";

/** Devices that plugins may give to any container. */
const ALLOWED_DEVICES: ReadonlySet<string> = new Set(["/dev/fuse", "/dev/net/tun"]);
/** Where everything is allowed. */
const TRUSTED_NAMESPACES: ReadonlySet<string> = new Set(["kube-system"]);

export const plugin = definePlugin({
  index: "{{index}}",
  name: "{{name}}",

  validateContainerAdjustment({ pod, container, adjust, plugins, log }) {
    if (TRUSTED_NAMESPACES.has(pod.namespace)) return;
    const hooks = Object.values(adjust.hooks ?? {}).flat().length;
    const devices = (adjust.linux?.devices ?? []).map(({ path }) => path).filter((path) => !ALLOWED_DEVICES.has(path));
    const reasons = [
      hooks > 0 ? `${hooks} OCI hook(s)` : "",
      devices.length > 0 ? `device(s) ${devices.join(", ")}` : "",
    ].filter((reason) => reason !== "");
    if (reasons.length === 0) return;
    log.warn(`${pod.namespace}/${pod.name}/${container.name} is refused`);
    const asked = plugins.map(({ index, name }) => `${index}-${name}`).join(", ");
    return `${reasons.join(" and ")} are not allowed in namespace ${pod.namespace} (plugins: ${asked})`;
  },
});
