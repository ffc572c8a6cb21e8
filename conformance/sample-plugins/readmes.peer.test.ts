// The commands in the READMEs of the sample plugins, run as a reader would: without root, engine or node.
import assert from "node:assert/strict";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { repositoryDir } from "../paths.js";
import { output } from "../peers/child.js";
import { TestFolder } from "../test-folder.js";

/** What the first command of each README shows, among other things. */
const SHOWS: Readonly<Record<string, RegExp>> = {
  template: /Creating container default\/template-demo\/c0/,
  logger: /CreateContainer: container:/,
  "device-injector": /\+ device +\/dev\/nri-null/,
  "ulimit-adjuster": /RLIMIT_NOFILE/,
  "hook-injector": /\+ hook +createRuntime \/bin\/sh -c "echo hello > \/run\/nri-hook-demo"/,
  "writable-cgroups": /~ mount +\/sys\/fs\/cgroup cgroup .*,ro -> .*,rw/,
  rdt: /\+ rdt +clos id "gold"/,
  clearcfs: /would write "-1" to .*cpu\.cfs_quota_us|would write "max" to .*cpu\.max/,
  wasm: /^\[10-wasm\] WASM: Got create container request$/m,
  konfine: /would write "[\d,-]+" to .*cpuset\.cpus/,
  "v010-adapter": /"greeting":"good morning"\},"version":"0\.1","state":"create"/,
  differ: /\[15\] CreateContainer: container: create: \[Linux Devices 0 Path\]: From: <nil> -> To: \/dev\/nri-null\n/,
  "network-logger": /Started pod default\/network-logger-demo-host: namespace=<host-network> ips=\[\]\n/,
  "network-device-injector":
    /the host has no device "nri0" \(pod default\/network-device-demo, annotation netdevice\.noderesource\.dev\)/,
};

for (const [name, shows] of Object.entries(SHOWS)) {
  test(`plugins/${name}/README.md: its command runs and shows what the plugin does`, { timeout: 60_000 }, async () => {
    const readme = readFileSync(join(repositoryDir, "plugins", name, "README.md"), "utf8");
    const [, commands, lines = ""] = /```sh\n(npx nri simulate.*?)```(?:\s*```text\n(.*?)```)?/s.exec(readme) ?? [];
    assert.ok(commands !== undefined, "a command with nri simulate");
    using folder = new TestFolder();
    for (const part of ["plugins", "packages", "node_modules"])
      symlinkSync(join(repositoryDir, part), join(folder.dir, part));
    const printed = await output("bash", ["-eu", "-c", `{\n${commands}\nwait\n} 2>&1`], { cwd: folder.dir });
    assert.match(printed, shows);
    // the lines that the page shows below the command, in their order among others
    const expected = lines.split("\n").slice(0, -1);
    const told = printed.split("\n").map((text) => text.replace(/^INFO +/, ""));
    assert.deepEqual(told.filter((text) => expected.includes(text)).slice(0, expected.length), expected);
  });
}
