// The options of `update` as resources, and the other way round: `--memory 1g` is `{"memory": {"limit": 1073741824}}`.
import { type CommandLine, type GivenOption, lastOf } from "./command-line.js";
import type { FlavourName } from "./flavour.js";

/** Resources as JSON, and what options say that no resources can. */
export interface LimitResources {
  readonly json: string;
  /** Options that the runtime is called with once more: it ignores them beside resources. */
  readonly rest: readonly GivenOption[];
}

/** How a value is written in JSON; undefined when it is none. */
type Read = (value: string, flavour: FlavourName) => string | undefined;

const count: Read = (value) => (/^-?(0|[1-9]\d{0,19})$/.test(value) ? value : undefined);
const text: Read = (value) => JSON.stringify(value);

const UNITS = ["", "k", "m", "g", "t", "p"];

/** runc takes `1.5g`, `512MiB` (units of 1024); crun bytes only. */
const bytes: Read = (value, flavour) => {
  const plain = count(value, flavour);
  if (plain !== undefined || flavour === "crun") return plain;
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(value) ?? [];
  if (number === undefined) return undefined;
  const found = Math.trunc(Number(number) * 1024 ** UNITS.indexOf(unit.toLowerCase()));
  return Number.isSafeInteger(found) ? String(found) : undefined;
};

/** Option, where it is in the resources, and how its value is read. */
const ROWS: readonly (readonly [option: string, group: string, member: string, read: Read])[] = [
  ["blkio-weight", "blockIO", "weight", count],
  ["cpu-period", "cpu", "period", count],
  ["cpu-quota", "cpu", "quota", count],
  ["cpu-burst", "cpu", "burst", count],
  ["cpu-share", "cpu", "shares", count],
  ["cpu-rt-period", "cpu", "realtimePeriod", count],
  ["cpu-rt-runtime", "cpu", "realtimeRuntime", count],
  ["cpuset-cpus", "cpu", "cpus", text],
  ["cpuset-mems", "cpu", "mems", text],
  ["cpu-idle", "cpu", "idle", count],
  ["memory", "memory", "limit", bytes],
  ["memory-reservation", "memory", "reservation", bytes],
  ["memory-swap", "memory", "swap", bytes],
  ["kernel-memory", "memory", "kernel", bytes],
  ["kernel-memory-tcp", "memory", "kernelTCP", bytes],
  ["pids-limit", "pids", "limit", count],
];

/**
 * The resources that a command line's options ask for. Undefined when they ask for none, or for something that the runtime has to
 * refuse in its own words.
 */
export function limitResources(line: CommandLine, flavour: FlavourName): LimitResources | undefined {
  const groups = new Map<string, string[]>();
  for (const [option, group, member, read] of ROWS) {
    const given = lastOf(line.own, option);
    if (given === undefined) continue;
    const value = read(given.value, flavour);
    if (value === undefined) return undefined;
    groups.set(group, [...(groups.get(group) ?? []), `${JSON.stringify(member)}:${value}`]);
  }
  if (groups.size === 0) return undefined;
  const members = [...groups].map(([group, values]) => `${JSON.stringify(group)}:{${values.join(",")}}`);
  const rest = line.own.filter(({ name }) => !ROWS.some(([option]) => option === name));
  return { json: `{${members.join(",")}}`, rest };
}
