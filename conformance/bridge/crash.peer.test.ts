// The daemon is killed at every step of a container's life, and started again: each container ends absent or complete, and plugins
// see each exactly once. And many containers at once, with the memory that a thousand of them take.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { RealRuntime } from "@nri/runtime";
import { nriProgram } from "../paths.js";
import { Child } from "../peers/child.js";
import { containerdFiles, startContainerd } from "../peers/containerd.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { until } from "../waits.js";
import { ctrCommands } from "./crash/ctr-commands.js";
import { knowMany } from "./crash/know-many.js";
import { liveThrough, startPlace } from "./crash/place.js";
import { runcCommands } from "./crash/runc-commands.js";
import { User } from "./crash/user.js";
import { startWatcher } from "./crash/watcher.js";
import { ctrOf } from "./ctr.js";

const MANY = 200;
const MAX_CREATE_MS = 60_000;
const KNOWN = 1000;
const MAX_RSS_MIB = 120;

const files = await containerdFiles("2.1");
const skip = skipUnless(files);

function runc(): string {
  return join(use(files).dir, "bin/runc");
}

/** runc as an engine, and its user. */
async function startRunc() {
  const place = await startPlace("oci", runc(), ({ dir }) => ({ runc: runc(), root: join(dir, "root") }));
  const { wrapper, watcher, daemon } = place;
  const { dir } = place.folder;
  const root = join(dir, "root");
  const rootfs = join(dir, "rootfs");
  for (const name of ["bin", "proc", "dev"]) mkdirSync(join(rootfs, name), { recursive: true });
  cpSync(join(use(files).dir, "unpacked/usr/bin/busybox"), join(rootfs, "bin/busybox"));
  const runtime = new RealRuntime({ path: runc(), root });
  const user = new User(runcCommands({ dir, rootfs, wrapper, runtime, root }), daemon, watcher);
  await user.allThere();
  return {
    ...place,
    user,
    runtime,
    [Symbol.asyncDispose]: async () => {
      const left = (await runtime.list()).map(({ id }) => id);
      const clear = async (): Promise<void> => {
        for (let id = left.pop(); id !== undefined; id = left.pop()) await runtime.delete(id);
      };
      await Promise.all([clear(), clear(), clear()]);
      await place[Symbol.asyncDispose]();
    },
  };
}

test("the daemon is killed at every step: containers end absent or complete, plugins see each once", {
  skip,
}, async (t) => {
  await using here = await startRunc();
  const { daemon, user, runtime } = here;
  const name = (text: string): string => `crash-${process.pid}-${text}`;
  daemon.dieAt(-1);
  await user.live(name("whole"));
  const moments = await daemon.moments();
  t.diagnostic(`${moments.length} moments: ${moments.join(", ")}`);
  assert.ok(moments.length >= 50);
  const began = performance.now();
  for (const each of moments.entries()) {
    await liveThrough(here, user, name(String(each[0])), each);
    assert.deepEqual(await runtime.list(), []);
  }
  t.diagnostic(`${moments.length} deaths in ${((performance.now() - began) / 1000).toFixed(0)} s`);
});

test("so it is with containerd", { skip }, async (t) => {
  await using containerd = await startContainerd(use(files), { env: { NRI_DISABLE: "true" } });
  await using here = await startPlace("containerd", runc(), () => ({ containerd: containerd.socket }));
  const { daemon, watcher } = here;
  const ctr = ctrOf({ dir: use(files).dir, socket: containerd.socket }, "default");
  const user = new User(ctrCommands(ctr, containerd, here.wrapper, runc()), daemon, watcher);
  await user.allThere();
  const name = (text: string): string => `crash-${process.pid}-${text}`;
  daemon.dieAt(-1);
  await user.live(name("whole"));
  const moments = await daemon.moments();
  // Every seventh of them: both before and after, in each of the operations.
  const some = Array.from(moments.entries()).filter(([at]) => at % 7 === 0);
  t.diagnostic(`${some.length} of ${moments.length} moments: ${some.map(([, moment]) => moment).join(", ")}`);
  for (const each of some) {
    await liveThrough(here, user, name(String(each[0])), each);
    assert.doesNotMatch(await ctr("containers", "ls", "-q"), /crash-/);
  }
});

test(`${MANY} containers at once: none fails, and none takes longer than ${MAX_CREATE_MS / 1000} s`, {
  skip,
}, async (t) => {
  await using here = await startRunc();
  const ids = Array.from({ length: MANY }, (_, index) => `many-${process.pid}-${index}`);
  const began = performance.now();
  const times = await Promise.all(ids.map((id) => here.user.begin(id)));
  times.sort((a, b) => a - b);
  const seconds = (ms = 0): string => `${(ms / 1000).toFixed(1)} s`;
  const [median, slowest] = [times[MANY / 2], times.at(-1)];
  const all = seconds(performance.now() - began);
  t.diagnostic(
    `${MANY} created and started in ${all}; created after: median ${seconds(median)}, slowest ${seconds(slowest)}`,
  );
  assert.ok((slowest ?? 0) < MAX_CREATE_MS);
  const running = (await here.runtime.list()).filter(({ status }) => status === "running");
  assert.equal(running.length, MANY);
});

test(`${KNOWN} containers are known: the daemon has at most ${MAX_RSS_MIB} MiB`, { skip }, async (t) => {
  using folder = new TestFolder();
  const state = join(folder.dir, "state");
  await knowMany(join(state, "records"), KNOWN);
  const config = folder.file("bridge.toml", configuration(folder.dir, state));
  await using daemon = new Child(nriProgram, ["serve", "--config", config]);
  await daemon.until("its ready line", (lines) => lines.find((line) => line.includes('"ready":true')), 60_000);
  await using watcher = startWatcher(join(folder.dir, "nri.sock"));
  await until("the plugin is synchronised", () => watcher.synchronized > 0);
  const [first] = watcher.story;
  assert.equal(first?.event === "synchronize" && "containers" in first && first.containers.length, KNOWN);
  const rss = memoryOf(daemon.pid);
  t.diagnostic(`${rss.toFixed(0)} MiB with ${KNOWN} containers known, and handed to a plugin`);
  assert.ok(rss <= MAX_RSS_MIB);
});

/** Resident memory of a process in MiB. */
function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** containerd is not there: what is known is what the records say. */
function configuration(dir: string, state: string): string {
  return `
[plugins."io.containerd.nri.v1.nri"]
socket_path = "${dir}/nri.sock"
plugin_path = "${dir}/plugins"
plugin_config_path = "${dir}/conf.d"
[bridge]
state_dir = "${state}"
lease_socket = "${dir}/lease/lease.sock"
control_socket = "${dir}/control/control.sock"
[domains.containerd]
enable = true
address = "${dir}/no.sock"
`;
}
