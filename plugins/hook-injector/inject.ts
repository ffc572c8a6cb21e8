// From hook files to the adjustment of a container; spec: plugins 2.
import { type Container, ContainerAdjustment, Hook, Hooks, type PodSandbox, quote } from "@nri/protocol";
import { errorText } from "../common/error-text.js";
import type { HookFiles } from "./hook-directories.js";
import type { Stage } from "./hook-file.js";
import { matches, type Subject } from "./when.js";

/** Where the hooks of a stage go: those of the old stage prestart run as createRuntime. */
const LIST_OF: Readonly<Record<Stage, keyof Hooks>> = {
  createContainer: "createContainer",
  createRuntime: "createRuntime",
  prestart: "createRuntime",
  poststart: "poststart",
  poststop: "poststop",
  startContainer: "startContainer",
};

/** What conditions look at: annotations of the pod go before those of the container, and any mount counts as a bind mount. */
export function subjectOf(pod: PodSandbox, container: Container): Subject {
  return {
    args: container.args,
    annotations: new Map([...Object.entries(container.annotations), ...Object.entries(pod.annotations)]),
    hasBindMounts: container.mounts.length > 0,
  };
}

/**
 * The adjustment with all hooks that match, in the order of their file names in lower case; undefined when none does. Throws
 * for a condition that cannot be decided.
 */
export function injectHooks(pod: PodSandbox, container: Container, files: HookFiles): ContainerAdjustment | undefined {
  const subject = subjectOf(pod, container);
  let hooks: Hooks | undefined;
  for (const [name, { hook, when, stages }] of inOrder(files)) {
    try {
      if (!matches(when, subject)) continue;
    } catch (error) {
      const where = `pod ${pod.namespace}/${pod.name}, container ${container.name}, hook file ${name}`;
      throw new Error(`hook generation failed: matching hook ${quote(name)}: ${errorText(error)} (${where})`);
    }
    hooks ??= Hooks.create();
    const { path, args, env, timeout } = hook;
    for (const stage of stages) {
      hooks[LIST_OF[stage]].push(
        Hook.create({
          path,
          args: [...args],
          env: [...env],
          timeout: timeout === undefined ? undefined : { value: timeout },
        }),
      );
    }
  }
  return hooks && ContainerAdjustment.create({ hooks });
}

function inOrder(files: HookFiles) {
  const rows = [...files].map((file) => ({ file, lower: file[0].toLowerCase() }));
  return rows
    .sort((one, other) => (one.lower < other.lower ? -1 : one.lower > other.lower ? 1 : 0))
    .map(({ file }) => file);
}
