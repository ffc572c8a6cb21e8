// Moves the devices that a pod asks for into its network namespace and back; spec: plugins 5.
import type { Logger } from "@nri/plugin";
import type { PodSandbox } from "@nri/protocol";
import { errorText } from "../common/error-text.js";
import { type Compat, type NetworkDevice, type Wanted, wantedDevices } from "./annotations.js";
import { links, type RunIp } from "./ip.js";
import { type Link, type Namespaces, stepsIn, stepsOut } from "./moves.js";
import { type Command, runSteps } from "./steps.js";

/** What all commands of a request may take together: less than the 2 s that runtimes give a plugin by default. */
export const REQUEST_MS = 1_500;
/** What one command may take that undoes another one. */
const UNDO_MS = 1_000;

/** What moving takes. */
export interface Injector {
  readonly ip: RunIp;
  readonly compat: Compat;
  readonly log: Logger;
  /** Path of the host's network namespace, which is the plugin's own. */
  readonly hostNamespace: string;
  /** What all commands of a request may take together. */
  readonly requestMs: number;
}

/**
 * Brings the devices into the pod's namespace. Throws for an annotation that is wrong, and for a pod on the host's network. A
 * device that cannot be moved stays as it was, those behind it too, and the log says so: as in the reference the pod runs without.
 */
export async function injectDevices(injector: Injector, pod: PodSandbox): Promise<void> {
  const wanted = wantedDevices(pod, injector.compat);
  if (wanted === undefined) return;
  const namespace = networkNamespace(pod);
  if (namespace === undefined) throw wanted.annotation.error("trying to inject network device on host network Pod");
  const move = mover(injector, namespace);
  for (const device of wanted.devices) {
    const what = `network device "${device.name}" into the pod as "${device.newName}"`;
    if (!(await told(injector.log, wanted, `move ${what}`, () => move.in(device)))) return;
    injector.log.info(`${pod.namespace}/${pod.name}: moved ${what}`);
  }
}

/** Takes the devices back, as many as can be. Throws for an annotation that is wrong. */
export async function releaseDevices(injector: Injector, pod: PodSandbox): Promise<void> {
  const wanted = wantedDevices(pod, injector.compat);
  const namespace = networkNamespace(pod);
  if (wanted === undefined) return;
  if (namespace === undefined) {
    // containerd 1.7 tells of the end of a pod when its network has gone already
    injector.log.warn(wanted.annotation.error("no network namespace to take network devices back from").message);
    return;
  }
  const move = mover(injector, namespace);
  for (const device of wanted.devices) {
    const what = `network device "${device.newName}" of the pod back to "${device.name}"`;
    if (await told(injector.log, wanted, `move ${what}`, () => move.out(device))) {
      injector.log.info(`${pod.namespace}/${pod.name}: moved ${what}`);
    }
  }
}

/** Path of the first network namespace; a pod on the host's network has none, or one without a path. */
function networkNamespace(pod: PodSandbox): string | undefined {
  return pod.linux?.namespaces.find(({ type }) => type === "network")?.path || undefined;
}

/** Whether `work` was done. What fails is told in the log, with pod and annotation. */
async function told(log: Logger, { annotation }: Wanted, what: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    log.error(annotation.error(`cannot ${what}: ${errorText(error)}`).message);
    return false;
  }
}

/** Moves single devices, all within the time of one request. */
function mover({ ip, hostNamespace, requestMs }: Injector, podNamespace: string) {
  const namespaces: Namespaces = { host: hostNamespace, pod: podNamespace };
  const signal = AbortSignal.timeout(requestMs);
  const namespaceOf = ({ at }: Pick<Command, "at">) => (at === "pod" ? podNamespace : undefined);
  const run = (command: Command) => ip(command.args, { namespace: namespaceOf(command), signal });
  const undo = (command: Command) =>
    ip(command.args, { namespace: namespaceOf(command), signal: AbortSignal.timeout(UNDO_MS) });
  const find = async (at: Command["at"], name: string): Promise<Link | undefined> =>
    (await links(ip, { namespace: namespaceOf({ at }), signal })).find(({ ifname }) => ifname === name);
  return {
    in: async (device: NetworkDevice): Promise<void> => {
      const found = await find("host", device.name);
      if (found === undefined) throw new Error(`the host has no device "${device.name}"`);
      if (found.loopback) throw new Error(`"${device.name}" is a loopback device`);
      // asked before anything is changed: a link that goes down loses its routes, also when it comes back
      const taken = await find("pod", device.newName);
      if (taken !== undefined) throw new Error(`the pod has a device "${device.newName}" already`);
      await runSteps(stepsIn(found, device, namespaces), run, undo);
    },
    out: async (device: NetworkDevice): Promise<void> => {
      const found = await find("pod", device.newName);
      if (found === undefined) throw new Error(`the pod has no device "${device.newName}"`);
      // a device that the pod had before, or has made itself, is not ours to take
      if (found.alias !== device.name)
        throw new Error(`its alias is "${found.alias}", so it does not come from the host`);
      await runSteps(stepsOut(found, device, namespaces), run, undo);
    },
  };
}
