// From annotations to POSIX limits; spec: plugins 9.
import { type Container, ContainerAdjustment, type PodSandbox, quote } from "@nri/protocol";
import { containerAnnotation } from "../common/annotations.js";
import { integer, list, readYaml, record, text } from "../common/yaml-value.js";

const KEYS = ["ulimits.noderesource.dev", "ulimits.nri.containerd.io"] as const;
const PREFIX = "RLIMIT_";
const TYPES = new Set(
  "AS CORE CPU DATA FSIZE LOCKS MEMLOCK MSGQUEUE NICE NOFILE NPROC RSS RTPRIO RTTIME SIGPENDING STACK".split(" "),
);

const limit = integer(0n, 2n ** 64n - 1n);
const ulimits = list(record({ type: text, hard: limit, soft: limit }));

/** One limit as the annotation asks for it, checked. */
export interface Ulimit {
  readonly type: string;
  readonly hard: bigint;
  readonly soft: bigint;
}

/**
 * The limits that the pod's annotations ask for this container; none when there is no annotation or an empty one. Throws for
 * what does not parse, for an unknown type, and for a soft limit above the hard one.
 */
export function ulimitsOf(pod: PodSandbox, container: Container): Ulimit[] {
  return containerAnnotation(pod, KEYS, container.name)?.read(parseUlimits) ?? [];
}

function parseUlimits(value: string): Ulimit[] {
  const wanted = readYaml(value, ulimits).map((ulimit) => ({ ...ulimit, type: typeOf(ulimit.type) }));
  for (const { type, hard, soft } of wanted) {
    if (hard < soft) throw new Error(`ulimit "${type}" must have hard limit >= soft limit`);
  }
  return wanted;
}

function typeOf(raw: string): string {
  const upper = raw.toUpperCase();
  const type = upper.startsWith(PREFIX) ? upper.slice(PREFIX.length) : upper;
  if (!TYPES.has(type)) throw new Error(`failed to parse type: ${quote(raw)}`);
  return PREFIX + type;
}

/** The adjustment that sets the limits. The same one twice is for the runtime to refuse, as with the Go plugin. */
export function adjustUlimits(ulimits: readonly Ulimit[]): ContainerAdjustment {
  return ContainerAdjustment.create({ rlimits: [...ulimits] });
}
