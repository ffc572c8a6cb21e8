// v0.1.0 plugins act on containers that containerd 2.1 and 1.7 create: containerd starts our v010-adapter through a link, with no flags and
// no PATH, and that calls them.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { runPod } from "../containerd/pods.js";
import { repositoryDir } from "../paths.js";
import { output } from "../peers/child.js";
import { CONTAINERD_LINES, type ContainerdLine, containerdFiles, startContainerd } from "../peers/containerd.js";
import { cgroupFile } from "../peers/cri.js";
import { readRange, skipUnless, use } from "../requirements.js";

const INSTALL = join(repositoryDir, "packages/plugin/bin/nri-install-plugin.mjs");
const built = (name: string): string => join(repositoryDir, "plugins/dist", name, `${name}.js`);

const ONLINE = readRange("/sys/devices/system/cpu/online");
/** All but the last CPU, as long as one is left. */
const RESERVED = ONLINE.slice(0, -1);
const LEFT = String(ONLINE.at(-1));

/** What the recorder has to say of a request. */
interface Told {
  readonly state: string;
  readonly id: string;
  readonly sandboxID: string;
  readonly pid?: number;
  readonly spec: { readonly cgroupsPath: string; readonly resources: { readonly cpu: { readonly quota?: number } } };
  readonly labels: Readonly<Record<string, string>>;
  readonly results?: readonly { readonly plugin: string }[];
}

/** Links the adapter, and puts plugins there: our samples, then one that records what it gets, and refuses what it shall. */
async function install(stateDir: string): Promise<void> {
  const pluginDir = join(stateDir, "nri-plugins");
  await output(process.execPath, [INSTALL, "--index", "00", "--plugin-dir", pluginDir, built("v010-adapter")]);
  const [bin, conf, told] = ["v1-bin", "v1-conf.json", "v1-told"].map((name) => join(stateDir, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(bin);
  writeFileSync(join(stateDir, "nri-conf.d/00-v010-adapter.conf"), `conf: ${conf}\nbinDir: ${bin}\n`);
  const program = (type: string, lines: string) =>
    writeFileSync(join(bin, type), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  for (const type of ["clearcfs", "konfine"]) program(type, `exec '${process.execPath}' '${built(type)}' "$@"`);
  const refused = `case "$(tail -n 1 '${told}')" in *'"refuse":"me"'*) echo '{"error":"not this one"}'; exit;; esac`;
  program(
    "recorder",
    `{ cat; echo; } >> '${told}'\n${refused}\necho '{"plugin":"recorder","version":"0.1","error":""}'`,
  );
  const plugins = [{ type: "clearcfs" }, { type: "konfine", conf: { systemReserved: RESERVED } }, { type: "recorder" }];
  writeFileSync(conf, JSON.stringify({ version: "0.1", plugins }));
}

function toldSoFar(stateDir: string): Told[] {
  const lines = readFileSync(join(stateDir, "v1-told"), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Told);
}

for (const line of Object.keys(CONTAINERD_LINES) as ContainerdLine[]) {
  const files = await containerdFiles(line);

  test(`containerd ${line}: v0.1.0 plugins behind the linked v010-adapter change real cgroups`, {
    skip: skipUnless(files),
  }, async (t) => {
    // three programs for each event, two of them in Node.js, on a machine that is busy with tests
    await using containerd = await startContainerd(use(files), { prepare: install, env: { NRI_TIMEOUT: "20s" } });
    t.diagnostic(`containerd ${containerd.version}`);
    const limited = { cpu_quota: 50_000, cpu_period: 100_000 };
    await using pod = await runPod(containerd, { name: "latency", annotations: { "qos.class": "ls" } });
    const main = await pod.container({ name: "main", resources: limited });
    await t.test("the quota that the container was created with is lifted, seen from outside and inside", async () => {
      const quota = cgroupFile(main.pid, "cpu", "cpu.cfs_quota_us", "cpu.max")?.split(" ")[0];
      assert.match(quota ?? "", /^(-1|max)$/);
      const inside = "cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null || cat /sys/fs/cgroup/cpu.max";
      assert.match(await main.sh(inside), /^(-1|max)/);
      const asked = toldSoFar(containerd.stateDir).find(({ id, state }) => id === main.id && state === "create");
      assert.equal(asked?.spec.resources.cpu.quota, 50_000, "it was limited when the plugins were called");
    });
    await t.test("the container runs on the CPUs that are not reserved, seen from outside and inside", async () => {
      assert.equal(cgroupFile(main.pid, "cpuset", "cpuset.cpus", "cpuset.cpus"), LEFT);
      assert.match(await main.sh("grep Cpus_allowed_list /proc/self/status"), new RegExp(`\\t${LEFT}\\n`));
    });
    await t.test("without the annotation the quota stays", async () => {
      await using other = await runPod(containerd, { name: "batch" });
      const container = await other.container({ name: "main", resources: limited });
      const quota = cgroupFile(container.pid, "cpu", "cpu.cfs_quota_us", "cpu.max")?.split(" ")[0];
      assert.equal(quota, "50000");
    });
    await t.test("a plugin that refuses keeps the container from starting, and containerd says its text", async () => {
      await using other = await runPod(containerd, { name: "refused" });
      await assert.rejects(
        other.container({ name: "main", annotations: { refuse: "me" } }),
        /plugin: recorder: not this one/,
      );
    });
    await pod.end();
    await t.test("plugins are told of pod and container, when they start and when they stop", () => {
      const of = toldSoFar(containerd.stateDir).filter(({ sandboxID }) => sandboxID === pod.id);
      assert.deepEqual(
        of.map(({ state, id }) => [state, id]),
        [
          ["create", pod.id],
          ["create", main.id],
          ["delete", main.id],
          ["delete", pod.id],
        ],
      );
      for (const { labels, results } of of) {
        assert.equal(labels.app, "latency");
        assert.deepEqual(
          results?.map(({ plugin }) => plugin),
          ["clearcfs", "konfine"],
        );
      }
      assert.equal(of[1]?.pid, main.pid);
    });
  });
}
