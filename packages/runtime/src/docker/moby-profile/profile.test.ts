// Docker's own NRI behind the wrapper: asked once for each container, kept for every start, in Docker's words.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Spec } from "@nri/oci";
import { definePlugin, type PluginDefinition, silentLogger } from "@nri/plugin";
import type { Container, ContainerAdjustment, Init } from "@nri/protocol";
import type { TestLease } from "../../common/lab.fixture.js";
import { Journal } from "../../journal/journal.js";
import { jsonText } from "../../json-text.js";
import { explained } from "../../serve/look.js";
import { NO_NRI_OPTS, type NriOpts } from "../moby/index.js";
import { FakeDocker } from "./fake-docker.fixture.js";
import type { DockerProfile } from "./profile.js";

/** A profile in a folder of its own, with one plugin from its socket. */
class Lab implements AsyncDisposable {
  readonly docker = new FakeDocker();
  readonly journal = new Journal();
  readonly asked: Container[] = [];
  readonly handed: Container[] = [];
  adjust: Init<ContainerAdjustment> = {};
  readonly dir: string;
  #profile: DockerProfile | undefined;
  #plugin: { close(): Promise<unknown> } | undefined;

  constructor(dir: string) {
    this.dir = dir;
  }

  get profile(): DockerProfile {
    if (this.#profile === undefined) throw new Error("it does not run");
    return this.#profile;
  }

  get options(): NriOpts {
    const at = (name: string): string => join(this.dir, name);
    return { enable: true, pluginPath: at("p"), pluginConfigPath: at("c"), socketPath: at("nri.sock") };
  }

  /** Starts it, again with what is left of the last time. */
  async start(options = this.options): Promise<void> {
    await this.#profile?.stop();
    const { journal } = this;
    this.#profile = this.docker.profile({ stateDir: join(this.dir, "state"), options, journal });
    await this.#profile.start();
  }

  async join(definition: Partial<PluginDefinition> = {}): Promise<void> {
    let isIn = (): void => undefined;
    const joined = new Promise<void>((resolve) => {
      isIn = resolve;
    });
    const plugin = definePlugin({
      index: "10",
      name: "test",
      synchronize: ({ containers }) => {
        this.handed.push(...containers);
        isIn();
      },
      createContainer: ({ container }) => {
        this.asked.push(container);
        return { adjust: this.adjust };
      },
      ...definition,
    } as PluginDefinition);
    const { socketPath } = this.options;
    this.#plugin = await plugin.start({ socketPath, log: silentLogger, environment: {}, warmUp: false });
    await joined;
    while (this.profile.plugins.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  /** `create` of the OCI runtime: what it was told. */
  async create(id: string): Promise<TestLease> {
    const lease = this.docker.lease(id, this.dir);
    const handled = this.profile.handle(lease);
    await lease.answered;
    lease.done({ code: 0, pid: 9 });
    await handled;
    return lease;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#plugin?.close();
    await this.#profile?.stop();
    await rm(this.dir, { recursive: true });
  }
}

async function started(options?: NriOpts): Promise<Lab> {
  const lab = new Lab(await mkdtemp(join(tmpdir(), "nri-moby-")));
  await lab.start(options);
  return lab;
}

const env = ({ spec }: TestLease): readonly string[] => spec.process?.env ?? [];
const mounts = ({ spec }: TestLease): Spec["mounts"] =>
  spec.mounts?.filter(({ destination }) => destination !== "/etc/hosts");
const records = (lab: Lab): Promise<string[]> => readdir(join(lab.dir, "state"));

test("plugins are asked at the first create, with the configuration that dockerd has written down", async () => {
  await using lab = await started();
  lab.docker.containers.set("c1", { env: ["A=1"], labels: { l: "1" }, annotations: { a: "2" } });
  await lab.join();
  lab.adjust = {
    env: [
      { key: "NEW", value: "x" },
      { key: "A", value: "2" },
    ],
  };
  const lease = await lab.create("c1");
  const { id, name, args, env: told, labels, annotations, podSandboxId } = lab.asked[0] as Container;
  assert.deepEqual(
    { id, name, args, told, labels: { ...labels }, annotations: { ...annotations }, podSandboxId },
    {
      id: "c1",
      name: "/name-of-c1",
      args: ["/bin/sh", "-c", "x"],
      told: ["A=1"],
      labels: { l: "1" },
      annotations: { a: "2" },
      podSandboxId: "c1",
    },
  );
  assert.deepEqual(env(lease), ["PATH=/bin", "HOSTNAME=h", "A=2", "NEW=x"]);
});

test("of a variable that is there twice the last is the plugin's, also when it has the value of the first", async () => {
  await using lab = await started();
  await lab.join();
  lab.docker.containers.set("c1", { env: ["A=1", "A=3"] });
  lab.adjust = { env: [{ key: "A", value: "1" }] };
  assert.equal(env(await lab.create("c1")).at(-1), "A=1");
});

test("later starts have the same changes, and nobody is asked, until the container is destroyed", async () => {
  await using lab = await started();
  await lab.join();
  lab.adjust = { env: [{ key: "V", value: "1" }] };
  lab.docker.containers.set("c1", {});
  await lab.create("c1");
  lab.adjust = { env: [{ key: "V", value: "2" }] };
  assert.ok(env(await lab.create("c1")).includes("V=1"));
  await lab.start(NO_NRI_OPTS); // also after our own restart, and while NRI is off
  assert.ok(env(await lab.create("c1")).includes("V=1"));
  assert.equal(lab.asked.length, 1);
  lab.docker.engine.removed("docker", "c1");
  await lab.start();
  assert.deepEqual(await records(lab), []);
  await lab.join();
  assert.ok(env(await lab.create("c1")).includes("V=2"));
});

test("a container that is created while NRI is off has no changes later either; other calls pass", async () => {
  await using lab = await started(NO_NRI_OPTS);
  lab.docker.containers.set("c1", {});
  assert.deepEqual((await lab.create("c1")).told, { kind: "pass" });
  const start = lab.docker.lease("c1", lab.dir, "start");
  await lab.profile.handle(start);
  assert.deepEqual(start.told, { kind: "pass" });
  assert.equal(lab.profile.info, undefined);
  await lab.profile.prepareReload(lab.options).commit();
  await lab.join();
  assert.deepEqual((await lab.create("c1")).told, { kind: "pass" });
  assert.deepEqual(lab.asked, []);
});

test("mounts are those of the OCI spec: a bind, a volume that is made, a tmpfs", async () => {
  await using lab = await started();
  await lab.join();
  lab.adjust = {
    mounts: [
      { type: "bind", source: lab.dir, destination: "/a/../b/", options: ["ro"] },
      { type: "volume", source: "vol", destination: "/v" },
      { type: "tmpfs", destination: "/t", options: ["readonly"] },
    ],
  };
  assert.deepEqual(mounts(await lab.create("c1")), [
    { destination: "/b", type: "bind", source: lab.dir, options: ["rbind", "rprivate", "ro"] },
    { destination: "/t", type: "tmpfs", source: "tmpfs", options: ["noexec", "nosuid", "nodev", "rprivate", "ro"] },
    { destination: "/v", type: "bind", source: "/volumes/vol/_data", options: ["rbind", "rprivate"] },
  ]);
  assert.deepEqual(lab.docker.volumes, ["vol"]);
});

test("what is refused is refused with Docker's text alone, nothing is kept of it, and it is asked again", async () => {
  await using lab = await started();
  await lab.join();
  lab.docker.containers.set("c1", { binds: ["/usr:/m"] });
  const mount = { type: "bind", source: "/usr", destination: "/m" };
  for (const [adjust, text] of [
    [{ args: ["x"] }, "unsupported container adjustments: args"],
    [{ mounts: [mount] }, "Duplicate mount point: /m"],
    [
      { mounts: [{ ...mount, source: "/no/where", destination: "/n" }] },
      'invalid mount config for type "bind": bind source path does not exist: /no/where',
    ],
    [
      { mounts: [{ type: "image", source: "i", destination: "/n" }] },
      'invalid mount config for type "image": nri serve cannot mount image i',
    ],
  ] as const) {
    lab.adjust = adjust as Init<ContainerAdjustment>;
    assert.deepEqual((await lab.create("c1")).told, { kind: "refuse", text });
    assert.deepEqual(await records(lab), []);
  }
  assert.equal(lab.asked.length, 4);
  assert.deepEqual(lab.docker.volumes, []);
});

test("plugins that come are handed all containers of any state, with what plugins have changed in them", async () => {
  await using lab = await started();
  await lab.join();
  lab.adjust = { env: [{ key: "V", value: "1" }] };
  lab.docker.containers.set("c1", { env: ["A=1"] });
  await lab.create("c1");
  lab.docker.containers.set("c2", { state: "exited", env: ["B=2"] });
  lab.docker.containers.set("c3", { state: "restarting", isHeld: true });
  await lab.join({ name: "second", index: "20" });
  assert.deepEqual(
    lab.handed.map(({ id, name, env: told, pid }) => [id, name, told, pid]),
    [
      ["c1", "/name-of-c1", ["A=1", "V=1"], 7],
      ["c2", "/name-of-c2", ["B=2"], 0],
      ["c3", "/name-of-c3", [], 0],
    ],
  );
});

test("while dockerd is away plugins are handed nothing; when it is back they are started again, and what is gone is forgotten", async () => {
  await using lab = await started();
  await lab.join();
  lab.adjust = { env: [{ key: "V", value: "1" }] };
  lab.docker.containers.set("c1", {});
  await lab.create("c1");
  lab.docker.isAway = true;
  await lab.start();
  await lab.join();
  assert.deepEqual(lab.handed, []);
  assert.equal((await records(lab)).length, 1);
  lab.docker.isAway = false;
  lab.docker.containers.delete("c1");
  lab.docker.containers.set("c2", {});
  lab.docker.engine.lost();
  while (lab.profile.plugins.length > 0 || !existsSync(lab.options.socketPath))
    await new Promise((resolve) => setTimeout(resolve, 2));
  await lab.join();
  assert.deepEqual(
    lab.handed.map(({ id }) => id),
    ["c2"],
  );
  assert.deepEqual(await records(lab), []);
});

test("a record that is none is put aside, and the container asked about", async () => {
  await using lab = await started();
  lab.docker.containers.set("c1", {});
  await lab.create("c1");
  const [name = ""] = await records(lab);
  await rm(join(lab.dir, "state", name));
  await writeFile(join(lab.dir, "state", name), '{"version":1,"domain":"docker","id":"c1"}');
  await lab.start();
  await lab.join();
  await lab.create("c1");
  assert.equal(lab.asked.length, 1);
  assert.deepEqual((await records(lab)).sort(), [name, "bad"].sort());
});

test("the journal tells which plugins were asked, what they changed, what was refused, and where containers are", async () => {
  await using lab = await started();
  await lab.join();
  const explain = (id: string) =>
    JSON.parse(jsonText(explained(id, { pods: [], containers: lab.profile.containers }, lab.journal)));
  lab.docker.containers.set("c1", {});
  lab.adjust = { env: [{ key: "V", value: "1" }] };
  await lab.create("c1");
  assert.deepEqual(
    lab.journal.plugins.map(({ name }) => name),
    ["10-test"],
  );
  assert.deepEqual(lab.journal.adjustersOf("docker", "c1"), ["10-test"]);
  const { name, state, creation } = explain("c1");
  assert.deepEqual([name, state, creation.outcome], ["name-of-c1", "created", "adjusted"]);
  await lab.profile.handle(lab.docker.lease("c1", lab.dir, "start"));
  assert.equal(explain("docker/c1").state, "running");
  lab.docker.engine.exited("docker", "c1");
  assert.equal(explain("name-of-c1").state, "stopped");
  lab.adjust = { args: ["x"] };
  await lab.create("c2");
  const refused = explain("c2");
  assert.deepEqual(
    [refused.state, refused.creation.outcome, refused.creation.reason],
    ["refused", "refused", "unsupported container adjustments: args"],
  );
  assert.match(
    lab.journal.events.since(0).lines.join("\n"),
    /"kind":"refusal".*unsupported container adjustments: args/,
  );
  await lab.start(NO_NRI_OPTS);
  const before = lab.journal.events.last;
  await lab.create("c3");
  assert.equal(lab.journal.events.last, before);
  lab.docker.engine.removed("docker", "c1");
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(explain("c1").state, "removed");
});
