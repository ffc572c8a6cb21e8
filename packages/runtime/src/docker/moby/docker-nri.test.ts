// The library as an engine has it: what plugins are told, who waits for whom, what a failed reload leaves.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { adjustment } from "@nri/plugin";
import { type Container, ContainerState, type PodSandbox } from "@nri/protocol";
import { createDockerNri, type DockerContainer, NO_NRI_OPTS } from "./index.js";
import { startSmallDocker } from "./small-docker.fixture.js";

const SETS = { createContainer: () => ({ adjust: adjustment().env("SEEN", "yes") }) };
const GIVEN: DockerContainer = {
  id: "c9",
  name: "/nine",
  state: "created",
  pid: 0,
  labels: { l: "1" },
  annotations: { a: "2" },
  args: ["9"],
  env: ["PATH=/bin"],
};

test("plugins are told a pod and a container of the same id and name, and nothing that Docker does not tell", async () => {
  await using docker = await startSmallDocker();
  const told: { pod?: PodSandbox; container?: Container } = {};
  await docker.join({
    createContainer: ({ pod, container }) => {
      Object.assign(told, { pod, container });
      container.labels.l = "changed";
    },
  });
  const given = { ...GIVEN, env: [...GIVEN.env] };
  await docker.create(given);
  const plain = (value: unknown) =>
    JSON.parse(JSON.stringify(value, (_key, each) => (typeof each === "bigint" ? String(each) : each)));
  const { linux: podLinux, ...pod } = plain(told.pod);
  assert.deepEqual(
    Object.entries(pod).filter(([, value]) => !isEmpty(value)),
    [
      ["id", "c9"],
      ["name", "/nine"],
    ],
  );
  assert.equal(podLinux, undefined);
  const { linux, ...container } = plain(told.container);
  assert.deepEqual(Object.fromEntries(Object.entries(container).filter(([, value]) => !isEmpty(value))), {
    id: "c9",
    podSandboxId: "c9",
    name: "/nine",
    state: ContainerState.CONTAINER_CREATED,
    labels: { l: "changed" },
    annotations: { a: "2" },
    args: ["9"],
    env: ["PATH=/bin"],
  });
  assert.ok(linux !== undefined && Object.values(linux).every(isEmpty));
  assert.deepEqual(given, GIVEN);
});

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === "0" || value === false)
    return true;
  return typeof value === "object" && Object.values(value).every(isEmpty);
}

test("a plugin that comes is handed all containers, those that have ended too, with NRI's words for their states", async () => {
  await using docker = await startSmallDocker();
  const states = ["created", "running", "paused", "restarting", "removing", "exited", "dead", "new"];
  for (const state of states) await docker.create({ id: state, state, pid: state === "running" ? 7 : 0 });
  const handed: (readonly [string, number, number])[] = [];
  await docker.join({
    synchronize: ({ pods, containers }) => {
      assert.deepEqual(
        pods.map(({ id }) => id),
        states,
      );
      for (const { id, state, pid } of containers) handed.push([id, state, pid]);
    },
    createContainer: () => undefined,
  });
  assert.deepEqual(handed, [
    ["created", ContainerState.CONTAINER_CREATED, 0],
    ["running", ContainerState.CONTAINER_RUNNING, 7],
    ["paused", ContainerState.CONTAINER_PAUSED, 0],
    ["restarting", ContainerState.CONTAINER_PAUSED, 0],
    ["removing", ContainerState.CONTAINER_STOPPED, 0],
    ["exited", ContainerState.CONTAINER_STOPPED, 0],
    ["dead", ContainerState.CONTAINER_STOPPED, 0],
    ["new", ContainerState.CONTAINER_UNKNOWN, 0],
  ]);
});

test("a plugin that comes while a container is registered is handed it: it is in the list, or in an event", async () => {
  await using docker = await startSmallDocker();
  const handed: string[] = [];
  const asked: string[] = [];
  let joined: Promise<unknown> | undefined;
  await docker.nri.createContainer(GIVEN, {
    register: async () => {
      joined = docker.join({
        synchronize: ({ containers }) => void handed.push(...containers.map(({ id }) => id)),
        createContainer: ({ container }) => void asked.push(container.id),
      });
      await new Promise((resolve) => setTimeout(resolve, 50)); // it would be handed the list by now
      assert.deepEqual(handed, []);
      docker.containers.set(GIVEN.id, { ...GIVEN, mounts: [] });
    },
  });
  await joined;
  assert.deepEqual([handed, asked], [["c9"], []]);
});

test("containers that are created during reloads wait for their end, and none waits for ever", async () => {
  await using docker = await startSmallDocker();
  const work: Promise<unknown>[] = [];
  for (let round = 0; round < 5; round++) {
    work.push(docker.create(), docker.create(), docker.nri.prepareReload(docker.opts()).commit(), docker.create());
  }
  await Promise.all(work);
  assert.equal(docker.containers.size, 15);
});

test("options that cannot be used change nothing", async () => {
  await using docker = await startSmallDocker((dir) => ({
    options: { ...NO_NRI_OPTS, enable: true, pluginPath: join(dir, "plugins"), pluginConfigPath: join(dir, "conf.d") },
    rootless: true,
    env: {},
  }));
  const before = docker.nri.info();
  await docker.join(SETS);
  const withoutHome = { message: "configuring NRI: could not get HOME" };
  assert.throws(() => docker.nri.prepareReload({ ...NO_NRI_OPTS, enable: true }), withoutHome);
  assert.throws(
    () => createDockerNri({ version: "1", options: NO_NRI_OPTS, containers: () => [], rootless: true, env: {} }),
    withoutHome,
  );
  assert.deepEqual(docker.nri.info(), before);
  assert.ok((await docker.create()).env.includes("SEEN=yes"));
});

test("options that do not start leave NRI as it was, its plugins started anew", async () => {
  await using docker = await startSmallDocker();
  const before = docker.nri.info();
  await docker.join(SETS);
  await writeFile(join(docker.dir, "file"), "");
  const bad = docker.nri.prepareReload(docker.opts({ socketPath: join(docker.dir, "file") }));
  assert.ok((await docker.create()).env.includes("SEEN=yes"));
  await assert.rejects(bad.commit(), /file/);
  assert.deepEqual(docker.nri.info(), before);
  await docker.join(SETS);
  assert.ok((await docker.create()).env.includes("SEEN=yes"));
});

test('compat "reference": options that do not start hold all the same, and containers pass', async () => {
  await using docker = await startSmallDocker({ compat: "reference" });
  await docker.join(SETS);
  await writeFile(join(docker.dir, "file"), "");
  const bad = docker.opts({ socketPath: join(docker.dir, "file") });
  await assert.rejects(docker.nri.prepareReload(bad).commit(), /file/);
  assert.deepEqual(docker.nri.info()?.at(-1), ["socket-path", bad.socketPath]);
  assert.deepEqual((await docker.create()).env, ["PATH=/bin"]);
  await docker.nri.prepareReload(docker.opts()).commit();
  await docker.join(SETS);
  assert.ok((await docker.create()).env.includes("SEEN=yes"));
});

test("after the shutdown all of it does nothing", async () => {
  await using docker = await startSmallDocker();
  await docker.join(SETS);
  await docker.nri.shutdown();
  assert.deepEqual((await docker.create()).env, ["PATH=/bin"]);
  assert.equal(docker.nri.info(), undefined);
  await docker.nri.prepareReload(docker.opts()).commit();
  await docker.nri.start();
  await docker.nri.shutdown();
  assert.equal(docker.nri.info(), undefined);
});

test("info has the folders, and the socket only where there is one; without a socket nobody can come from outside", async () => {
  await using docker = await startSmallDocker();
  const folders = [
    ["plugin-path", join(docker.dir, "plugins")],
    ["plugin-config-path", join(docker.dir, "conf.d")],
  ];
  assert.deepEqual(docker.nri.info(), folders);
  const socketPath = join(docker.dir, "nri.sock");
  await docker.nri.prepareReload(docker.opts({ socketPath })).commit();
  assert.deepEqual(docker.nri.info(), [...folders, ["socket-path", socketPath]]);
});

test("a pre-installed plugin that answers the first synchronisation with updates fails the start", async () => {
  const started = startSmallDocker((dir) => ({
    options: { ...NO_NRI_OPTS, enable: true, pluginPath: join(dir, "plugins"), pluginConfigPath: join(dir, "conf.d") },
    containers: async () => {
      await mkdir(dir, { recursive: true });
      return [GIVEN];
    },
    adaptation: {
      builtins: [
        {
          index: "00",
          name: "updates",
          synchronize: () => ({ update: [{ containerId: "c9" }] }),
        },
      ],
    },
  }));
  await assert.rejects(started, /container updates during sync are not implemented/);
});

test("what fails the gathering of the containers fails the start, and is named", async () => {
  const nri = createDockerNri({
    version: "1",
    options: { ...NO_NRI_OPTS, enable: true, pluginPath: "/nowhere", pluginConfigPath: "/nowhere" },
    containers: () => Promise.reject(new Error("no list today")),
  });
  await assert.rejects(nri.start(), /no list today/);
  assert.equal(nri.info(), undefined);
});

test("a creation that is given up while it waits leaves the line", async () => {
  await using docker = await startSmallDocker();
  const giveUp = new AbortController();
  let reloaded: Promise<void> | undefined;
  await docker.nri.createContainer(GIVEN, {
    register: async () => {
      const reload = docker.nri.prepareReload(docker.opts()).commit();
      await setImmediate();
      const waiting = docker.nri.createContainer(GIVEN, { signal: giveUp.signal });
      giveUp.abort();
      await assert.rejects(waiting, { name: "AbortError" });
      reloaded = reload;
    },
  });
  await reloaded;
  await docker.create();
});
