// Keys of the configuration on real containers: switched off, the bridge has no say; switched on by a reload, it has.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";
import { repositoryDir } from "../paths.js";
import { output } from "../peers/child.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { until } from "../waits.js";
import { makeBridge } from "./bridge.js";
import { busyboxFolder, runPeers } from "./run-place.js";

const place = new TestFolder();
after(() => place[Symbol.dispose]());
const peers = await runPeers(place.dir);
const rootfs = "here" in peers ? await busyboxFolder(peers.here, place.dir) : "";
const root = place.dir.replace("/tmp/", "/run/");
after(() => rmSync(root, { recursive: true, force: true }));

test("disable = true: nothing is launched and containers run as they are; a reload switches NRI on", {
  skip: skipUnless(peers),
}, async () => {
  const runtime = join(use(peers).bin, "runc");
  const settings = { runtime, engine: "oci", config: `runtime = "${runtime}"\nroot = "${root}"\n` } as const;
  await using bridge = await makeBridge({ ...settings, nri: "disable = true" });
  installPlugin(bridge.dir);
  await bridge.serve();
  const run = async (id: string): Promise<string> =>
    await output(bridge.wrapper, ["--root", root, "run", "--bundle", bundle(bridge.dir, id), id]);
  assert.equal(await run("off"), "[]\n");
  assert.doesNotMatch(bridge.log(), /discovered plugin/);
  bridge.reload("");
  await until("the reload", () => /was read again/.test(bridge.log()));
  assert.equal(await run("on"), "[from its file]\n");
});

/** A plugin that sets CONFIG to what its configuration file says. */
function installPlugin(dir: string): void {
  for (const folder of ["plugins", "conf.d"]) mkdirSync(join(dir, folder), { recursive: true });
  const plugin = join(dir, "plugins/10-tells");
  const program = `${repositoryDir}packages/runtime/fixtures/tells-config.mjs`;
  writeFileSync(plugin, `#!/bin/sh\nexec ${process.execPath} ${program}\n`);
  chmodSync(plugin, 0o755);
  writeFileSync(join(dir, "conf.d/tells.conf"), "from its file");
}

/** A bundle that prints that variable. */
function bundle(dir: string, name: string): string {
  const folder = join(dir, name);
  mkdirSync(folder);
  const spec = {
    ociVersion: "1.2.0",
    process: { args: ["sh", "-c", 'echo "[$CONFIG]"'], env: ["PATH=/bin"], cwd: "/", user: { uid: 0, gid: 0 } },
    root: { path: rootfs },
    mounts: [
      { destination: "/proc", type: "proc", source: "proc" },
      { destination: "/dev", type: "tmpfs", source: "tmpfs" },
    ],
    linux: { namespaces: ["pid", "mount", "ipc", "uts", "network"].map((type) => ({ type })) },
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(spec));
  return folder;
}
