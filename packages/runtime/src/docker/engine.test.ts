// dockerd as an engine, played by a small one: what is known of containers, what becomes of events, and who does an update.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { Spec } from "@nri/oci";
import { ContainerState, LinuxResources } from "@nri/protocol";
import type { Domain, Engine, EngineEvents } from "../domain.js";
import { LIMITS } from "../limits.js";
import type { RuntimeCall } from "../runtime-call.js";
import { eventually } from "../serve/lab.fixture.js";
import { createDockerEngine } from "./engine.js";
import { SmallDockerd } from "./small-dockerd.fixture.js";

const SPEC: Spec = { ociVersion: "1.2.0", annotations: { both: "annotation", own: "a" } };
const WEB = {
  Id: "aa11",
  Names: ["/other/alias", "/web"],
  Image: "x/busybox:1",
  ImageID: "sha256:cc",
  Created: 1_700_000_000,
  Labels: { both: "label", app: "web" },
};
const signal = (): AbortSignal => AbortSignal.timeout(5_000);
const create = (id: string, root = "/exec/runtime-runc/moby"): RuntimeCall => {
  return { verb: "create", id, root, bundle: "", engine: "docker" };
};

interface Told extends AsyncDisposable {
  readonly dockerd: SmallDockerd;
  readonly engine: Engine;
  readonly domain: Domain;
  /** Events, as short texts. */
  readonly story: string[];
  /** What the OCI runtime was called with. */
  calls(): string[];
}

/** The engine on a small dockerd. `states` is what the OCI runtime has. */
async function start(states: readonly object[] = [], prepare?: (dockerd: SmallDockerd) => void): Promise<Told> {
  const dockerd = new SmallDockerd();
  await dockerd.open();
  prepare?.(dockerd);
  const calls = join(dockerd.dir, "calls");
  const runtime = join(dockerd.dir, "runc");
  writeFileSync(calls, "");
  writeFileSync(
    runtime,
    `#!/bin/sh\necho "$*" >> ${calls}\ncase $3 in list) echo '${JSON.stringify(states)}';; update) cat >> ${calls}; echo >> ${calls};; esac\n`,
    { mode: 0o755 },
  );
  const story: string[] = [];
  const events: EngineEvents = {
    exited: (domain, id, { code, at }) => void story.push(`exited ${domain} ${id} ${code} ${at}`),
    removed: (domain, id) => void story.push(`removed ${domain} ${id}`),
    lost: (name) => void story.push(`lost ${name}`),
    away: (name) => void story.push(`away ${name}`),
  };
  const engine = createDockerEngine({ address: dockerd.address, containerdNamespace: "moby", runtime });
  await engine.start(events);
  const domain = engine.domainFor(create("nothing"));
  assert.ok(domain);
  return {
    dockerd,
    engine,
    domain,
    story,
    calls: () =>
      readFileSync(calls, "utf8")
        .split("\n")
        .filter((line) => line !== ""),
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]();
      await dockerd[Symbol.asyncDispose]();
    },
  };
}

async function described(domain: Domain, id: string, spec = SPEC) {
  const found = await domain.describe(create(id), spec, signal());
  assert.ok(found.kind === "container");
  return found;
}

test("a container that is created is known by the list, while dockerd says nothing else about it", async () => {
  await using it = await start([], (dockerd) => {
    dockerd.add(WEB);
    dockerd.busy.add("aa11");
  });
  const { known, pod, ownPod } = await described(it.domain, "aa11");
  assert.deepEqual([known.id, known.podSandboxId, known.name, ownPod], ["aa11", "aa11", "web", true]);
  assert.deepEqual(known.labels, { both: "label", app: "web" });
  assert.deepEqual(known.annotations, { both: "annotation", app: "web", own: "a" });
  assert.deepEqual(known.image, { name: "x/busybox:1", digest: "sha256:dd", configDigest: "sha256:cc" });
  assert.equal(known.createdAt, 1_700_000_000_000_000_000n);
  assert.deepEqual(
    [pod?.id, pod?.name, pod?.labels, pod?.annotations],
    ["aa11", "web", known.labels, known.annotations],
  );
});

test("one that dockerd does not know has its id for a name", async () => {
  await using it = await start();
  const { known, pod } = await described(it.domain, "bb22");
  assert.deepEqual([known.name, known.labels, known.image, pod?.name], ["bb22", {}, undefined, "bb22"]);
});

test("while dockerd is away a container is known by what it has written down", async () => {
  await using it = await start();
  const folder = join(it.dockerd.dir, "data/containers/aa11");
  mkdirSync(folder, { recursive: true });
  const saved = {
    ID: "aa11",
    Name: "/web",
    Created: "2026-11-27T21:33:56.5Z",
    Image: "sha256:cc",
    Config: { Image: "x/busybox:1", Labels: { app: "web" } },
  };
  writeFileSync(join(folder, "config.v2.json"), JSON.stringify(saved));
  const mounts = (source: string) => ({ ...SPEC, mounts: [{ destination: "/etc/hosts", type: "bind", source }] });
  await it.dockerd.close();
  await eventually(() => it.story.includes("away docker"), "dockerd is away");
  const { known } = await described(it.domain, "aa11", mounts(`${folder}/hosts`));
  assert.deepEqual([known.name, known.labels, known.image?.name], ["web", { app: "web" }, "x/busybox:1"]);
  assert.equal(known.createdAt, BigInt(Date.UTC(2026, 10, 27, 21, 33, 56, 500)) * 1_000_000n);
  // in the network of another one, whose files it has
  const beside = join(folder, "../bb22/hosts");
  assert.equal((await described(it.domain, "aa11", mounts(beside))).known.name, "web");
  // of another container, and of no container
  assert.equal((await described(it.domain, "bb22", mounts(`${folder}/hosts`))).known.name, "bb22");
  assert.equal((await described(it.domain, "aa11", mounts("/elsewhere/hosts"))).known.name, "aa11");
  await assert.rejects(it.domain.list(signal()), /dockerd is away/);
});

test("what exists: as dockerd says, but where the OCI runtime knows better; what was never started is left out", async () => {
  const state = (Status: string, more: object = {}) => ({ Status, Pid: 0, ExitCode: 0, ...more });
  const running = (id: string, status: string) => ({ id, status, pid: 7, bundle: "" });
  await using it = await start([running("cc", "created"), running("re", "running")], (dockerd) => {
    const add = (Id: string, State: { Status: string }) => dockerd.add({ Id, Names: [`/n-${Id}`], State });
    add("aa", state("running", { Pid: 42, StartedAt: "2026-11-27T21:33:57.159243247Z" }));
    add("bb", state("paused", { Pid: 43 }));
    add("cc", state("created"));
    add("dd", state("created"));
    add("ee", state("exited", { ExitCode: 3, FinishedAt: "2026-11-27T21:33:58Z" }));
    add("ff", state("restarting", { ExitCode: 4 }));
    add("re", state("exited"));
    add("busy", state("running"));
    dockerd.busy.add("busy");
  });
  const { containers, pods } = await it.domain.list(signal());
  const { CONTAINER_CREATED, CONTAINER_RUNNING, CONTAINER_PAUSED, CONTAINER_STOPPED } = ContainerState;
  const found = containers.map(({ container }) => container).sort((a, b) => (a.id < b.id ? -1 : 1));
  assert.deepEqual(
    found.map(({ id, state, pid, exitCode }) => [id, state, pid, exitCode]),
    [
      ["aa", CONTAINER_RUNNING, 42, 0],
      ["bb", CONTAINER_PAUSED, 43, 0],
      ["busy", CONTAINER_RUNNING, 0, 0],
      ["cc", CONTAINER_CREATED, 7, 0],
      ["ee", CONTAINER_STOPPED, 0, 3],
      ["ff", CONTAINER_STOPPED, 0, 4],
      ["re", CONTAINER_RUNNING, 7, 0],
    ],
  );
  assert.equal(found[0]?.startedAt, BigInt(Date.UTC(2026, 10, 27, 21, 33, 57)) * 1_000_000n + 159_243_247n);
  assert.equal(pods.length, containers.length);
});

test("ends and removals are told, but an end that is older than the life that runs", async () => {
  await using it = await start();
  await eventually(() => it.dockerd.isHeard, "events are asked for");
  const now = BigInt(Date.now()) * 1_000_000n;
  const tell = (Action: string, at: bigint, more: object = {}) => {
    const event = JSON.stringify({ Type: "container", Action, Actor: { ID: "aa", Attributes: more }, timeNano: 0 });
    it.dockerd.tellText(event.replace('"timeNano":0', `"timeNano":${at}`));
  };
  it.engine.domainFor(create("aa"));
  tell("die", now - 1_000_000_000n, { exitCode: "1" });
  tell("die", now + 1_000_000_123n, { exitCode: "137" });
  tell("exec_die", now, {});
  tell("destroy", now);
  await eventually(() => it.story.length === 2, "what is told");
  assert.deepEqual(it.story, [`exited docker aa 137 ${now + 1_000_000_123n}`, "removed docker aa"]);
});

test("when dockerd is back, what was missed is asked for from the last event on", async () => {
  await using it = await start();
  await eventually(() => it.dockerd.isHeard, "events are asked for");
  it.dockerd.tellText('{"Action":"destroy","Actor":{"ID":"aa"},"timeNano":2000000000000000001}');
  await eventually(() => it.story.length === 1, "the event");
  it.dockerd.asked.length = 0;
  it.dockerd.endStreams();
  await eventually(() => it.story.includes("lost docker"), "dockerd is back");
  assert.ok(
    it.dockerd.asked.some((line) => line.includes("since=2000000000.000000002")),
    it.dockerd.asked.join("\n"),
  );
});

test("an update goes through dockerd where it can be told all of it, else to the OCI runtime", async () => {
  await using it = await start([], (dockerd) => {
    const State = { Status: "running", Pid: 1 };
    dockerd.add({ Id: "aa", Names: [], State, HostConfig: { MemorySwap: 0 } });
    dockerd.add({ Id: "swap", Names: [], State, HostConfig: { MemorySwap: 99 } });
    dockerd.add({ Id: "ended", Names: [], State: { Status: "exited" } });
    dockerd.add({ Id: "busy", Names: [], State });
    dockerd.busy.add("busy");
  });
  const update = async (id: string, resources: object): Promise<string[]> => {
    it.dockerd.asked.length = 0;
    const before = it.calls().length;
    await it.domain.update(id, LinuxResources.create(resources), signal());
    const posted = it.dockerd.asked.flatMap((line) => (line.startsWith("POST") ? [line.replace(/^.*update/, "")] : []));
    return [...posted, ...it.calls().slice(before)];
  };
  const memory = { memory: { limit: { value: 8_000_000n } } };
  assert.deepEqual(await update("aa", { cpu: { shares: { value: 3n }, cpus: "0" }, pids: { limit: -1n } }), [
    '{"CpuShares":3,"PidsLimit":-1,"CpusetCpus":"0"}',
  ]);
  assert.deepEqual(await update("aa", memory), ['{"Memory":8000000,"MemorySwap":-1}']);
  assert.deepEqual(await update("swap", memory), ['{"Memory":8000000}']);
  assert.deepEqual(await update("ended", memory), []);
  assert.deepEqual(await update("gone", memory), []);
  const directly = (id: string) => `--root /exec/runtime-runc/moby update --resources - -- ${id}`;
  assert.deepEqual((await update("busy", memory))[0], directly("busy"));
  assert.deepEqual((await update("aa", { ...memory, unified: { "memory.high": "1" } }))[0], directly("aa"));
  assert.deepEqual((await update("aa", { memory: { swap: { value: -1n } } }))[0], directly("aa"));
  it.dockerd.refusal = "Minimum memory limit allowed is 6MB";
  assert.deepEqual((await update("aa", memory))[1], directly("aa"));
});

test("an eviction is a kill by dockerd, and by the OCI runtime while dockerd is busy with the container", async () => {
  await using it = await start([], (dockerd) => {
    for (const Id of ["aa", "busy"]) dockerd.add({ Id, Names: [], State: { Status: "running" } });
    dockerd.add({ Id: "loop", Names: [], State: { Status: "restarting" } });
    dockerd.busy.add("busy");
  });
  await it.domain.evict("aa", "a test says so", signal());
  assert.ok(it.dockerd.asked.includes("POST /v1.41/containers/aa/kill?signal=KILL"));
  await it.domain.evict("loop", "a test says so", signal());
  assert.ok(it.dockerd.asked.includes("POST /v1.41/containers/loop/stop?t=0"));
  await it.domain.evict("busy", "a test says so", signal());
  assert.deepEqual(it.calls().at(-1), "--root /exec/runtime-runc/moby kill -- busy KILL");
});

test("updates of dockerd 20.10 say nothing where they say 0", async () => {
  await using it = await start();
  const zero = { value: 0n };
  const given = LinuxResources.create({
    memory: { limit: zero, reservation: zero, kernel: zero },
    cpu: { shares: { value: 9n }, quota: zero, period: zero, cpus: "0" },
  });
  const said = it.domain.said?.(given);
  assert.equal(said?.memory, undefined);
  const { shares, quota, period, cpus } = said?.cpu ?? {};
  assert.deepEqual([shares?.value, quota, period, cpus], [9n, undefined, undefined, "0"]);
});

test("a dockerd that was ended is not asked, as systemd, which listens in its place, would start it", async () => {
  await using it = await start([], (dockerd) => {
    // beside its socket, as dockerd's is
    writeFileSync(join(dockerd.dir, "docker.pid"), String(process.pid));
  });
  await eventually(() => it.dockerd.isHeard, "events are asked for");
  it.dockerd.asked.length = 0;
  rmSync(join(it.dockerd.dir, "docker.pid"));
  it.dockerd.endStreams();
  await eventually(() => it.story.includes("away docker"), "dockerd is away");
  await setTimeout(4 * LIMITS.docker.minPauseMs);
  assert.deepEqual(it.dockerd.asked, []);
  writeFileSync(join(it.dockerd.dir, "docker.pid"), String(process.pid));
  await eventually(() => it.story.includes("lost docker"), "dockerd is back");
});

test("podman that answers in dockerd's place is not asked for its containers", async () => {
  await using dockerd = new SmallDockerd();
  dockerd.version = { ApiVersion: "1.41", Components: [{ Name: "Podman Engine" }] };
  await dockerd.open();
  const away: string[] = [];
  const engine = createDockerEngine({ address: dockerd.address, containerdNamespace: "moby" });
  const events = { exited: assert.fail, removed: assert.fail, lost: assert.fail };
  await engine.start({ ...events, away: (_name, reason) => void away.push(reason) });
  await engine[Symbol.asyncDispose]();
  assert.deepEqual([away, engine.domains, dockerd.asked], [["podman answers there"], [], ["GET /version"]]);
});

test("an engine that is not on the machine has no domain, until it calls", async () => {
  const away: string[] = [];
  const engine = createDockerEngine({ address: "/nonexistent/docker.sock", containerdNamespace: "moby" });
  const events = { exited: assert.fail, removed: assert.fail, lost: assert.fail };
  await engine.start({ ...events, away: (name, reason) => void away.push(`${name}: ${reason}`) });
  assert.deepEqual(away, ["docker: there is no dockerd at /nonexistent/docker.sock"]);
  assert.deepEqual(engine.domains, []);
  assert.equal(engine.domainFor(create("p", "/exec/runtime-runc/plugins.moby")), undefined);
  assert.equal(engine.domainFor(create("c"))?.name, "docker");
  assert.equal(engine.domains.length, 1);
  await engine[Symbol.asyncDispose]();
});
