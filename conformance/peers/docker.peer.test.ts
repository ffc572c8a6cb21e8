// The dockerds that other tests use: they run containers through a runtime that stands between, and outlive a restart.
import assert from "node:assert/strict";
import test from "node:test";
import { skipUnless, use } from "../requirements.js";
import { DOCKER_LINES, type DockerLine, dockerFiles, startDocker } from "./docker.js";
import { recordingRuntime } from "./recording-runtime.js";

const IMAGE = "localhost/peers/busybox:1";

for (const line of Object.keys(DOCKER_LINES) as DockerLine[]) {
  const files = await dockerFiles(line);
  const forky = await dockerFiles("28");

  test(`dockerd ${line} runs a container through another runtime, also after a restart`, {
    skip: skipUnless(files),
  }, async () => {
    using runtime = recordingRuntime(`${use(forky).dir}/bin/runc`);
    await using docker = await startDocker(use(files), {
      runtimes: { recording: runtime.program },
      defaultRuntime: "recording",
    });
    const id = await docker.docker(
      "run",
      "-d",
      "--network",
      "none",
      IMAGE,
      "sh",
      "-c",
      "trap 'exit 7' TERM; sleep 3600 & wait",
    );
    assert.equal(await docker.docker("exec", id, "echo", "hi"), "hi");
    assert.ok(runtime.calls().some((call) => call.includes("create") && call.at(-1) === id));
    await docker.restart();
    assert.equal(await docker.docker("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", id), "exited 7");
    await docker.restart("SIGKILL");
    assert.equal(await docker.docker("run", "--rm", "--network", "none", IMAGE, "echo", "hi"), "hi");
  });
}
