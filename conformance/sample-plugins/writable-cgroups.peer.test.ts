// Our writable-cgroups and the Go one under hosts of all kinds: the same mounts, the same refusals.
import assert from "node:assert/strict";
import test from "node:test";
import { Chance } from "../diff/chance.js";
import { goPeers } from "../peers/go-peers.js";
import type { JsonObject } from "../peers/json.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import type { Request } from "./annotations.js";
import { goOutcome, ourOutcome } from "./outcomes.js";
import { ours, play, theirs } from "./play.js";
import { drawnFrom, recordedOutcomes } from "./recorded-outcomes.js";

const go = await goPeers();
const { count, seed, kept } = drawnFrom({ count: 16, seed: 1 });
const KEY = "writable-cgroups.noderesource.dev";

const PROC = "22 1 0:5 / /proc rw,nosuid shared:1 - proc proc rw";
const cgroup = (at: string, options: string): string =>
  `30 22 0:26 / ${at} rw,nosuid shared:4 - cgroup2 cgroup2 ${options}`;
const MAIN = cgroup("/sys/fs/cgroup", "rw,nsdelegate");
/** Mountinfo files; undefined is one that is not there. */
const HOSTS: Readonly<Record<string, string | undefined>> = {
  delegates: `${PROC}\n${MAIN}\n`,
  "delegates in unified": `${PROC}\n${cgroup("/sys/fs/cgroup/unified", "rw,nsdelegate,x")}`,
  "does not delegate": `${PROC}\n${cgroup("/sys/fs/cgroup", "rw")}\n${MAIN}`,
  "another place first": `${cgroup("/mnt", "rw")}\n${MAIN}`,
  "version 1": MAIN.replace("cgroup2 cgroup2", "cgroup cgroup"),
  "no optional fields": MAIN.replace("shared:4 ", ""),
  "several optional fields": MAIN.replace("shared:4", "shared:4 master:1 -"),
  "escaped place": MAIN.replace("/cgroup ", "/c\\147roup "),
  "bad escape before": `${PROC.replace("/proc ", "/\\9 ")}\n${MAIN}`,
  "bad device before": `${PROC.replace("0:5", "5")}\n${MAIN}`,
  "few fields before": `a b c\n${MAIN}`,
  "empty line before": `\n${MAIN}`,
  "nonsense behind": `${MAIN}\nnonsense`,
  empty: "",
  missing: undefined,
};

/** A container that asks for writable cgroups, or nearly does. */
function request(chance: Chance): Request {
  const annotations: Record<string, string> = {};
  for (let left = 1 + chance.below(2); left > 0; left--) {
    const scope = chance.one(["/container.main", "/container.main", "", "", "/pod", "/container.other"]);
    annotations[KEY + scope] = chance.rarely(5) ? chance.one(["false", "True", "1", "", " true"]) : "true";
  }
  const options = (): string[] => chance.times(0, 3, () => chance.one(["ro", "rw", "nosuid", "relatime", "ro,rw"]));
  const cgroupMount = (): JsonObject => ({
    destination: chance.rarely(8) ? "/sys/fs/cgroup/" : "/sys/fs/cgroup",
    type: chance.one(["cgroup", "bind"]),
    source: chance.one(["cgroup", "/sys/fs/cgroup"]),
    options: options(),
  });
  const mounts = [
    { destination: "/proc", type: "proc", source: "proc" },
    ...chance.times(chance.rarely(5) ? 0 : 1, 1, cgroupMount),
  ];
  return {
    pod: { id: "pod0", uid: "uid0", namespace: "default", name: "web", annotations },
    container: { id: "main", podSandboxId: "pod0", name: "main", args: ["sleep", "inf"], mounts },
  };
}

test("writable-cgroups and the Go plugin change and refuse the same on every host", {
  skip: skipUnless(go),
}, async (t) => {
  const chance = new Chance(seed, 20);
  let changed = 0;
  const hosts: Record<string, unknown>[] = [];
  const found: unknown[] = [];
  const fresh: unknown[] = [];
  for (const [host, mountinfo] of Object.entries(HOSTS)) {
    const requests = chance.times(count, count, () => request(chance));
    using folder = new TestFolder();
    const file = mountinfo === undefined ? "/nonexistent/mountinfo" : folder.file("mountinfo", mountinfo);
    const answers = await play("go", use(go), ours("writable-cgroups", "-host-mount-file", file), requests);
    found.push(answers.map((answer, at) => ourOutcome(answer, requests[at] ?? assert.fail())));
    const program = theirs("writable-cgroups", "-host-mount-file", file);
    if (program !== undefined) fresh.push((await play("go", use(go), program, requests)).map(goOutcome));
    changed += answers.filter(({ res }) => JSON.stringify(res ?? {}).includes("/sys/fs/cgroup")).length;
    hosts.push({ host, mountinfo, requests });
  }
  const inputs = hosts.map((one) => JSON.parse(JSON.stringify(one)));
  const expected = recordedOutcomes("writable-cgroups", inputs, fresh.length > 0 ? fresh : undefined, kept);
  for (const [at, { host }] of hosts.entries()) assert.deepEqual(found[at], expected[at], String(host));
  t.diagnostic(`${hosts.length} hosts with ${count} containers each, ${changed} changed`);
  assert.ok(changed > 2 * count);
});
