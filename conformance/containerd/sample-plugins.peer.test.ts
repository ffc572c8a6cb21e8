// Our sample plugins in real containerd: logger and template see the whole life of a pod, what device-injector and
// ulimit-adjuster ask for is there inside the real container.
import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { repositoryDir } from "../paths.js";
import { Child } from "../peers/child.js";
import { CONTAINERD_LINES, type ContainerdLine, containerdFiles, startContainerd } from "../peers/containerd.js";
import { cgroupFile } from "../peers/cri.js";
import { skipUnless, use } from "../requirements.js";
import { ourPlugin, texts } from "../sample-plugins/go-lines.js";
import { runPod } from "./pods.js";

const program = (name: string): string => join(repositoryDir, "plugins/dist", name, `${name}.js`);

const ANNOTATIONS = {
  "devices.noderesource.dev/container.main": JSON.stringify([
    { path: "/dev/nri-sample", type: "c", major: 31, minor: 41, file_mode: 0o640, uid: 11, gid: 22 },
  ]),
  // lower than any runtime's own limits: raising hard limits takes a capability that not every machine gives to root
  "ulimits.noderesource.dev/container.main": JSON.stringify([
    { type: "nofile", soft: 321, hard: 432 },
    { type: "RLIMIT_CORE", soft: 0, hard: 4096 },
  ]),
};

/** Events in the order in which logger printed their first line. */
function eventsSeen(lines: readonly string[]): string[] {
  const seen: string[] = [];
  for (const line of lines) {
    const event = /\b([A-Z][A-Za-z]+(?:Sandbox|Container)): (?:pod|container):/.exec(line)?.[1];
    if (event !== undefined && seen.at(-1) !== event) seen.push(event);
  }
  return seen;
}

const LIFE = [
  "RunPodSandbox",
  "CreateContainer",
  "PostCreateContainer",
  "StartContainer",
  "PostStartContainer",
  "UpdateContainer",
  "PostUpdateContainer",
  "StopContainer",
  "RemoveContainer",
  "StopPodSandbox",
  "RemovePodSandbox",
];

for (const line of Object.keys(CONTAINERD_LINES) as ContainerdLine[]) {
  const files = await containerdFiles(line);

  test(`containerd ${line}: logger, template, device-injector and ulimit-adjuster over the socket`, {
    skip: skipUnless(files),
  }, async (t) => {
    await using containerd = await startContainerd(use(files));
    t.diagnostic(`containerd ${containerd.version}`);
    assert.match(containerd.version, new RegExp(`^v?${line.replace(".", "\\.")}\\.`));
    const start = (index: string, name: string): Child =>
      new Child(process.execPath, [program(name), "-idx", index, "-socket-path", containerd.nriSocket]);
    await using logger = start("00", "logger");
    await containerd.joined("00-logger");
    await using injector = start("10", "device-injector");
    await containerd.joined("10-device-injector");
    await using adjuster = new Child(process.execPath, [
      program("ulimit-adjuster"),
      "-idx",
      "20",
      "-socket",
      containerd.nriSocket,
    ]);
    await containerd.joined("20-ulimit-adjuster");
    await using template = ourPlugin("template", "-idx", "30", "-socket", containerd.nriSocket);
    await containerd.joined("30-template");

    for (const child of [logger, injector, adjuster, template]) assert.ok(child.running, child.stderr.join("\n"));

    await using pod = await runPod(containerd, { name: "sample", annotations: ANNOTATIONS });
    const main = await pod.container({
      name: "main",
      resources: { cpu_period: 100000, cpu_quota: 50000, cpu_shares: 512, memory_limit_in_bytes: 64 << 20 },
    });
    const other = await pod.container({ name: "other" });

    await t.test("the device node has the numbers, mode and owner that the annotation says", async () => {
      assert.equal(
        (await main.sh("stat -c '%F %t:%T %a %u:%g' /dev/nri-sample")).trim(),
        "character special file 1f:29 640 11:22",
      );
      await assert.rejects(other.sh("stat /dev/nri-sample"), /No such file/);
    });

    await t.test("the limits are those of the annotation", async () => {
      const limits = await main.sh("cat /proc/1/limits");
      assert.match(limits, /^Max open files\s+321\s+432\s/m);
      assert.match(limits, /^Max core file size\s+0\s+4096\s/m);
      assert.doesNotMatch(await other.sh("cat /proc/1/limits"), /^Max open files\s+321\s+432\s/m);
    });

    await t.test("an update goes through all plugins to the cgroup", async () => {
      await containerd.cri.updateContainerResources({
        container_id: main.id,
        linux: { cpu_period: 100000, cpu_quota: 30000, cpu_shares: 256 },
      });
      assert.match(cgroupFile(main.pid, "cpu", "cpu.cfs_quota_us", "cpu.max") ?? "", /^30000/);
    });

    await other.stop();
    await other.remove();
    await pod.end();

    await t.test("template told of the life of the container, in order", () => {
      const lines = texts(template).filter((text) => text.includes("default/sample/main"));
      const words = ["Creating", "Created", "Starting", "Started", "Updating", "Updated", "Stopped", "Removed"];
      assert.deepEqual(
        lines,
        words.map((word) => `${word} container default/sample/main...`),
      );
    });

    await t.test("logger saw the whole life of the pod and its container", () => {
      const text = logger.stderr.join("\n");
      const ofMain = eventsSeen(logger.stderr).filter((event, index, all) => all.indexOf(event) === index);
      assert.deepEqual(ofMain.sort(), [...LIFE].sort());
      // what it prints is the real pod: ids, names, annotations, the real process
      for (const part of [pod.id, main.id, "devices.noderesource.dev/container.main", `pid: ${main.pid}`]) {
        assert.ok(text.includes(part), `logger's output has ${part}`);
      }
      const at = (event: string): number => logger.stderr.findIndex((one) => one.includes(`${event}:`));
      for (const [index, event] of LIFE.slice(0, 5).entries()) {
        assert.ok(index === 0 || at(event) > at(LIFE[index - 1] ?? ""), `${event} in order`);
      }
      assert.ok(at("RemovePodSandbox") > at("StopPodSandbox") && at("StopPodSandbox") > at("StopContainer"));
    });
  });
}
