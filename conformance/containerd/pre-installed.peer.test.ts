// containerd starts our plugins itself: through a symbolic link in its plugin directory, with no PATH and nothing else
// in their environment, as docs/pre-installed-plugins.md says.
import assert from "node:assert/strict";
import { readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { repositoryDir } from "../paths.js";
import { output } from "../peers/child.js";
import { CONTAINERD_LINES, type ContainerdLine, containerdFiles, startContainerd } from "../peers/containerd.js";
import { skipUnless, use } from "../requirements.js";
import { startedFrom } from "./launched.js";
import { runPod } from "./pods.js";

const INSTALL = join(repositoryDir, "packages/plugin/bin/nri-install-plugin.mjs");
const plugin = (name: string): string => join(repositoryDir, "plugins/dist", name, `${name}.js`);

for (const line of Object.keys(CONTAINERD_LINES) as ContainerdLine[]) {
  const files = await containerdFiles(line);

  test(`containerd ${line} starts our plugins through links, configures them and ends them`, {
    skip: skipUnless(files),
  }, async (t) => {
    const installed = new Map<string, string>();
    let pids: number[] = [];
    {
      await using containerd = await startContainerd(use(files), {
        prepare: async (stateDir) => {
          for (const [index, name] of [
            ["00", "logger"],
            ["10", "device-injector"],
          ] as const) {
            const pluginDir = join(stateDir, "nri-plugins");
            await output(process.execPath, [INSTALL, "--index", index, "--plugin-dir", pluginDir, plugin(name)]);
            installed.set(`${index}-${name}`, readlinkSync(join(pluginDir, `${index}-${name}`)));
          }
          writeFileSync(
            join(stateDir, "nri-conf.d", "00-logger.conf"),
            `logFile: ${stateDir}/logger.log\nevents: [all]\n`,
          );
        },
      });
      t.diagnostic(`containerd ${containerd.version}`);
      const processes = await startedFrom(
        containerd.stateDir,
        Number(readFileSync(join(containerd.stateDir, "pid"), "utf8")),
      );
      pids = processes.map(({ pid }) => pid);
      assert.deepEqual(processes.map(({ environment }) => environment.NRI_PLUGIN_NAME).sort(), [
        "device-injector",
        "logger",
      ]);
      for (const { environment } of processes) {
        // exactly these, so no PATH and no HOME
        assert.deepEqual(Object.keys(environment).sort(), ["NRI_PLUGIN_IDX", "NRI_PLUGIN_NAME", "NRI_PLUGIN_SOCKET"]);
        assert.equal(environment.NRI_PLUGIN_SOCKET, "3");
      }
      await using pod = await runPod(containerd, {
        name: "installed",
        annotations: {
          "devices.noderesource.dev/container.main": JSON.stringify([
            { path: "/dev/pre", type: "c", major: 1, minor: 3 },
          ]),
        },
      });
      const main = await pod.container({ name: "main" });
      assert.equal((await main.sh("stat -c '%t:%T' /dev/pre")).trim(), "1:3");
      await pod.end();
      const log = readFileSync(join(containerd.stateDir, "logger.log"), "utf8");
      for (const event of ["RunPodSandbox", "CreateContainer", "StopContainer", "RemovePodSandbox"])
        assert.match(log, new RegExp(`${event}:`));
    }
    for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: "ESRCH" }, "ended with containerd");
    for (const [name, target] of installed)
      assert.ok(target.startsWith("/"), `${name} is a link to an absolute name: ${target}`);
  });
}
