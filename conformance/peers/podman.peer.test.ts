// The podmans that other tests use: they run containers and pods through a runtime that stands between, and answer over their API.
import assert from "node:assert/strict";
import test from "node:test";
import { skipUnless, use } from "../requirements.js";
import { output } from "./child.js";
import { dockerFiles } from "./docker.js";
import { PODMAN_LINES, type PodmanLine, podmanFiles, startPodman } from "./podman.js";
import { recordingRuntime } from "./recording-runtime.js";

const IMAGE = "localhost/peers/busybox:1";
const PAUSE = "localhost/peers/pause:1";

for (const line of Object.keys(PODMAN_LINES) as PodmanLine[]) {
  const files = await podmanFiles(line);
  const forky = await dockerFiles("28");

  test(`podman ${line} runs pods and containers through another runtime, and its service knows them`, {
    skip: skipUnless(files),
  }, async () => {
    using runtime = recordingRuntime(`${use(forky).dir}/bin/runc`);
    await using podman = await startPodman(use(files), { runtime: runtime.program });
    await podman.podman("pod", "create", "--name", "pod", "--network", "none", "--infra-image", PAUSE);
    const command = ["sh", "-c", "trap 'exit 7' TERM; sleep 3600 & wait"];
    const id = await podman.podman("run", "-d", "--pod", "pod", IMAGE, ...command);
    assert.ok(runtime.calls().some((call) => call.includes("create") && call.at(-1) === id));
    await podman.startService();
    const list = await output("curl", [
      ...["--silent", "--fail", "--unix-socket", podman.socket],
      "http://podman/v4.0.0/libpod/containers/json",
    ]);
    assert.ok((JSON.parse(list) as { Id: string }[]).some((one) => one.Id === id));
    await podman.stopService();
    await podman.podman("kill", "--signal", "TERM", id);
    assert.equal(await podman.podman("wait", id), "7");
  });
}
