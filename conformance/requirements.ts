// What a peer test needs from the machine, and what happens when it is not there: a skip with the reason at a desk, a
// failure with the reason where CI=true. Only the rows of expected-skips.json, each about a fact of the kernel or of
// the machine that is probed at run time, may be skipped there too.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { conformanceDir } from "./paths.js";

/** Something a test needs: here, or missing for a reason. */
export type Availability<T> = { readonly here: T } | { readonly missing: string };

/** Whether nothing may be skipped for want of a peer. */
export const strict = process.env.CI === "true" || process.env.CI === "1";

/**
 * Value for the option `skip` of a test: the reasons why it cannot run, or false. Where CI=true it is always false:
 * the test then runs, and fails in `use`.
 */
export function skipUnless(...needs: readonly Availability<unknown>[]): string | false {
  if (strict) return false;
  const reasons = needs.flatMap((need) => ("missing" in need ? [need.missing] : []));
  return reasons.length > 0 ? reasons.join("; ") : false;
}

/** The thing needed. Throws the reason when it is missing. */
export function use<T>(need: Availability<T>): T {
  if ("missing" in need) throw new Error(`a peer of this test is missing: ${need.missing}`);
  return need.here;
}

/** Runs `make` and turns what it throws into the reason for a missing peer. */
export async function available<T>(what: string, make: () => T | Promise<T>): Promise<Availability<T>> {
  try {
    return { here: await make() };
  } catch (error) {
    return { missing: `${what}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Root, as everything needs that starts containers. */
export const root: Availability<true> =
  process.getuid?.() === 0 ? { here: true } : { missing: "needs root (containers are started)" };

/** Whether a program is found in PATH. */
export function program(name: string): Availability<string> {
  for (const dir of (process.env.PATH ?? "").split(":")) {
    const file = join(dir, name);
    try {
      execFileSync("test", ["-x", file]);
      return { here: file };
    } catch {
      // not in this folder
    }
  }
  return { missing: `no program "${name}" in PATH` };
}

/** Facts about kernel and machine: undefined when they hold, else what was found. */
const probes: Readonly<Record<string, () => string | undefined>> = {
  "memory-nodes": () => {
    const nodes = readRange("/sys/devices/system/node/has_memory");
    return nodes.length >= 2 ? undefined : `this machine has ${nodes.length} memory node(s)`;
  },
  cpus: () => {
    const cpus = readRange("/sys/devices/system/cpu/online");
    return cpus.length >= 2 ? undefined : `this machine has ${cpus.length} CPU(s)`;
  },
  hugetlb: () => (hasHierarchy("hugetlb") ? undefined : "no cgroup v1 hierarchy has the controller hugetlb"),
  cgroup2: () =>
    existsSync("/sys/fs/cgroup/cgroup.controllers") ? undefined : "cgroup v2 is not what is at /sys/fs/cgroup",
  resctrl: () => (existsSync("/sys/fs/resctrl/schemata") ? undefined : "no resctrl file system is mounted"),
  realtime: () =>
    existsSync("/sys/fs/cgroup/cpu/cpu.rt_runtime_us") ? undefined : "the cpu controller has no realtime budget",
  "cap-sys-resource": () => {
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
    const CAP_SYS_RESOURCE = 24n;
    return (BigInt(`0x${effective}`) >> CAP_SYS_RESOURCE) & 1n ? undefined : "this process has no CAP_SYS_RESOURCE";
  },
};

function hasHierarchy(controller: string): boolean {
  return readFileSync("/proc/self/cgroup", "utf8")
    .split("\n")
    .some((line) => line.split(":")[1]?.split(",").includes(controller));
}

/** The numbers of a kernel list such as `0-2,4`; none when the file is not there. */
export function readRange(file: string): number[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch {
    return [];
  }
  if (text === "") return [];
  return text.split(",").flatMap((part) => {
    const [first = 0, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

interface ExpectedSkip {
  readonly test: string;
  readonly needs: string;
  readonly probe: string;
}

/** The rows of expected-skips.json. Throws for a row whose probe does not exist. */
export function expectedSkips(): readonly ExpectedSkip[] {
  const rows = JSON.parse(readFileSync(join(conformanceDir, "expected-skips.json"), "utf8")) as ExpectedSkip[];
  for (const row of rows) {
    if (!Object.hasOwn(probes, row.probe))
      throw new Error(`expected-skips.json: "${row.test}": no probe "${row.probe}"`);
  }
  return rows;
}

/**
 * Skips the running test when its row in expected-skips.json says that this machine cannot run it, also where CI=true.
 * Returns whether it did. Throws for a test without a row: a skip must be written down.
 */
export function skipAsExpected(test: TestContext): boolean {
  const row = expectedSkips().find((one) => one.test === test.name);
  if (row === undefined) throw new Error(`"${test.name}" has no row in expected-skips.json`);
  const missing = missingFor(row);
  if (missing === undefined) return false;
  test.skip(missing);
  return true;
}

/** Why this machine cannot run the test of this name, as its row in expected-skips.json says; undefined: it can, or has no row. */
export function missingOnMachine(test: string): string | undefined {
  const row = expectedSkips().find((one) => one.test === test);
  return row && missingFor(row);
}

function missingFor({ needs, probe }: ExpectedSkip): string | undefined {
  const found = probes[probe]?.();
  return found === undefined ? undefined : `needs ${needs}: ${found}`;
}
