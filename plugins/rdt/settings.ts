// From annotations to settings of Intel RDT; spec: plugins 7.
import type { Logger } from "@nri/plugin";
import {
  type Container,
  ContainerAdjustment,
  LinuxContainerAdjustment,
  LinuxRdt,
  type PodSandbox,
  quote,
} from "@nri/protocol";
import { Annotation } from "../common/annotations.js";
import { parseBoolean } from "../common/boolean.js";

/** What each field does with its value. */
const FIELDS: Readonly<Record<string, (rdt: LinuxRdt, value: string) => void>> = {
  closid: (rdt, value) => {
    rdt.closId = { value };
  },
  schemata: (rdt, value) => {
    rdt.schemata = { value: value.split(",") };
  },
  enablemonitoring: (rdt, value) => {
    const enabled = parseBoolean(value);
    if (enabled === undefined) throw new Error(`strconv.ParseBool: parsing ${quote(value)}: invalid syntax`);
    rdt.enableMonitoring = { value: enabled };
  },
};

/**
 * The adjustment for a container: all annotations `FIELD.rdt.noderesource.dev/container.NAME` of its pod. An unknown field is
 * logged and passed over; a value that is no boolean where one is expected fails the whole.
 */
export function adjustRdt(pod: PodSandbox, container: Container, log: Logger): ContainerAdjustment {
  const adjust = ContainerAdjustment.create();
  const suffix = `.rdt.noderesource.dev/container.${container.name}`;
  for (const [key, value] of Object.entries(pod.annotations)) {
    if (!key.endsWith(suffix)) continue;
    const field = key.slice(0, -suffix.length);
    const set = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
    if (set === undefined) {
      log.info(`${pod.name}/${container.name}: unknown rdt field ${quote(field)}`);
      continue;
    }
    new Annotation(pod, key, value, container.name).read((given) => set(rdtOf(adjust), given));
    log.info(`${pod.name}/${container.name}: adjusted ${field} to ${quote(value)}`);
  }
  return adjust;
}

function rdtOf(adjust: ContainerAdjustment): LinuxRdt {
  adjust.linux ??= LinuxContainerAdjustment.create();
  adjust.linux.rdt ??= LinuxRdt.create();
  return adjust.linux.rdt;
}
