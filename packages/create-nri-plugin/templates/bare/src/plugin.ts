// What the plugin does. Each handler subscribes to its event; what a handler returns is what shall be different.
import { adjustment, annotation, definePlugin } from "@nri/plugin";

const ANNOTATION = "{{name}}.example.com";

export const plugin = definePlugin({
  index: "{{index}}",
  name: "{{name}}",

  createContainer({ pod, container, log }) {
    const greeting = annotation(pod, ANNOTATION, container.name);
    if (greeting === undefined) return;
    log.info(`${pod.namespace}/${pod.name}/${container.name} is greeted`);
    return { adjust: adjustment().env("GREETING", greeting) };
  },
});
