// What the plugin sees. Each handler subscribes to its event; none returns anything, so nothing is changed.
import { definePlugin } from "@nri/plugin";

interface Named {
  readonly namespace: string;
  readonly name: string;
}

const nameOf = ({ namespace, name }: Named, container?: { readonly name: string }) =>
  [namespace, name, container?.name].filter((part) => part !== undefined).join("/");

export const plugin = definePlugin({
  index: "{{index}}",
  name: "{{name}}",

  synchronize({ pods, containers, log }) {
    log.info(`${pods.length} pods and ${containers.length} containers are there`);
  },
  runPodSandbox({ pod, log }) {
    log.info(`pod ${nameOf(pod)} has come`);
  },
  postStartContainer({ pod, container, log }) {
    log.info(`container ${nameOf(pod, container)} runs: ${container.args.join(" ")}`);
  },
  stopContainer({ pod, container, log }) {
    log.info(`container ${nameOf(pod, container)} has ended with code ${container.exitCode}`);
  },
  removePodSandbox({ pod, log }) {
    log.info(`pod ${nameOf(pod)} is gone`);
  },
});
