// What the domain says of containers while podman holds one of them: a storage and an OCI runtime of the test's own.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { ContainerState } from "@nri/protocol";
import { PodmanDomain } from "./domain.js";
import { Facts } from "./facts.js";
import { LifeWatch } from "./life-watch.js";
import type { PodmanEvent, PodmanSource } from "./source.js";

const [ONE, TWO, INFRA] = ["1", "2", "3"].map((digit) => digit.repeat(64)) as [string, string, string];
const POD = "4".repeat(64);
const signal = () => AbortSignal.timeout(5000);

/** podman holds a container: lists wait, events do not. */
class Held implements PodmanSource {
  readonly ms = 20;
  readonly stopped: string[] = [];

  async past(id: string): Promise<PodmanEvent[]> {
    const podId = id === INFRA ? POD : "";
    const event = { type: "container", action: "create", image: "busybox", podId, exitCode: 0, at: 1n } as const;
    return [{ ...event, id, name: `name-${id[0]}`, labels: { of: id.charAt(0) } }];
  }

  async containers(_ids: readonly string[] | undefined, signal: AbortSignal): Promise<never> {
    await pause(10_000, undefined, { signal });
    throw new Error("nobody has given up");
  }

  async stop(id: string): Promise<void> {
    this.stopped.push(id);
  }
}

function start(t: TestContext) {
  const dir = mkdtempSync(join(tmpdir(), "nri-domain-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const bundle = (id: string) => join(dir, "overlay-containers", id, "userdata");
  const spec = (id: string, annotations = {}) => ({
    ociVersion: "1.2.0",
    annotations,
    process: { args: ["sleep"], cwd: "/" },
    linux: { cgroupsPath: `/libpod_parent/libpod-${id}` },
  });
  const specs = {
    [ONE]: spec(ONE),
    [INFRA]: spec(INFRA),
    [TWO]: spec(TWO, { "io.kubernetes.cri-o.SandboxID": INFRA }),
  };
  for (const [id, one] of Object.entries(specs)) {
    mkdirSync(bundle(id), { recursive: true });
    writeFileSync(join(bundle(id), "config.json"), JSON.stringify(one));
  }
  const states = [ONE, TWO, INFRA].map((id) => ({ id, status: "running", pid: process.pid, bundle: bundle(id) }));
  const runtime = join(dir, "runc");
  const foreign = { id: "by-hand", status: "running", pid: 1, bundle: "/b" };
  writeFileSync(runtime, `#!/bin/sh\necho '${JSON.stringify([...states, foreign])}'\n`, { mode: 0o755 });
  const source = new Held();
  const watch = new LifeWatch(async () => undefined, undefined);
  const exitDir = join(dir, "exits");
  const domain = new PodmanDomain({ source: () => source, facts: new Facts(), watch, exitDir, runtime });
  const describe = async (id: string) =>
    await domain.describe(
      { verb: "create", id, root: "", bundle: bundle(id), engine: "podman" },
      specs[id] ?? spec(id),
      signal(),
    );
  return { domain, describe, source };
}

test("inside of create a container is known by events: alone, as a pod's sandbox, and in a pod", async (t) => {
  const { describe } = start(t);
  const alone = await describe(ONE);
  assert.ok(alone.kind === "container" && alone.ownPod);
  assert.deepEqual([alone.known.name, alone.known.labels, alone.pod?.id], ["name-1", { of: "1" }, ONE]);
  const infra = await describe(INFRA);
  assert.ok(infra.kind === "pod");
  assert.deepEqual([infra.pod.id, infra.pod.uid, infra.pod.labels.of], [INFRA, POD, "3"]);
  const member = await describe(TWO);
  assert.ok(member.kind === "container" && !member.ownPod);
  assert.equal(member.known.podSandboxId, INFRA);
});

test("what exists is what the OCI runtime has in podman's storage, also while podman's list waits", async (t) => {
  const { domain, describe } = start(t);
  await describe(ONE);
  const { pods, containers } = await domain.list(signal());
  const found = containers.map(({ container, podId }) => [container.id, container.labels.of, container.state, podId]);
  assert.deepEqual(found, [
    [ONE, "1", ContainerState.CONTAINER_RUNNING, ONE],
    [TWO, "2", ContainerState.CONTAINER_RUNNING, INFRA],
  ]);
  assert.deepEqual(
    pods.map(({ id, pid }) => [id, pid]),
    [
      [ONE, process.pid],
      [INFRA, process.pid],
    ],
  );
});

test("containers of a storage that nobody has called for are another podman's", async (t) => {
  const { domain } = start(t);
  assert.deepEqual(await domain.list(signal()), { pods: [], containers: [] });
});

test("an eviction is podman's to do, so that it does not start the container again", async (t) => {
  const { domain, source } = start(t);
  await domain.evict(ONE, "no room", signal());
  assert.deepEqual(source.stopped, [ONE]);
});
