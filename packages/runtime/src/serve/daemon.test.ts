// What surrounds the bridge: one daemon a folder, an order of coming and going, a socket that tells.
import assert from "node:assert/strict";
import { link, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readConfig } from "../config/read.js";
import { askControl } from "./ask-control.js";
import { openControl } from "./control.js";
import { configuredInfo } from "./info.js";
import { startDaemon } from "./lab.fixture.js";
import { lockFolder } from "./lock.js";
import { daemonLog } from "./log.js";
import { PARTS } from "./real-parts.js";

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "nri-serve-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

const silent = daemonLog(() => undefined, "error");

test("a folder has one holder of its lock; a dead one holds nothing", async (t) => {
  const dir = await folder(t);
  const lock = await lockFolder(join(dir, "a", "lock"));
  await assert.rejects(
    lockFolder(join(dir, "a", "lock")),
    /another daemon has this state folder: it listens on .*a\/lock\//,
  );
  await lockFolder(join(dir, "b")).then((other) => other[Symbol.asyncDispose]());
  await lock[Symbol.asyncDispose]();
  // What a daemon leaves that was killed, and what somebody else has put there.
  const dead = createServer().listen(join(dir, "dead"));
  await new Promise((resolve) => dead.once("listening", resolve));
  await link(join(dir, "dead"), join(dir, "a", "lock", "0a0b0c0d"));
  dead.close();
  await writeFile(join(dir, "a", "lock", "file"), "");
  const again = await lockFolder(join(dir, "a", "lock"));
  assert.equal((await readdir(join(dir, "a", "lock"))).length, 1);
  await again[Symbol.asyncDispose]();
});

test("the name of a folder may be longer than that of a socket", async (t) => {
  const long = join(await folder(t), "x".repeat(100), "y".repeat(100));
  const lock = await lockFolder(long);
  await assert.rejects(lockFolder(long), /another daemon has this state folder/);
  await lock[Symbol.asyncDispose]();
  assert.deepEqual(await readdir(long), []);
});

test("a folder that cannot be made is said at once", async () => {
  await assert.rejects(
    lockFolder("/proc/nope/lock"),
    /^Error: the state folder cannot be made: ENOENT: .*\/proc\/nope/,
  );
  await assert.rejects(lockFolder("/dev/null/lock"), /^Error: the state folder cannot be made: ENOTDIR/);
});

test("of many that come at the same moment at most one has the lock", async (t) => {
  const dir = await folder(t);
  const all = await Promise.allSettled(Array.from({ length: 6 }, () => lockFolder(dir)));
  const held = all.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  assert.ok(held.length <= 1, `${held.length} have it`);
  for (const lock of held) await lock[Symbol.asyncDispose]();
});

test("a daemon that cannot start leaves nothing behind, and says why", async (t) => {
  const dir = await folder(t);
  await writeFile(join(dir, "file"), "");
  const socket_path = JSON.stringify(join(dir, "file"));
  await assert.rejects(startDaemon({ nri: `socket_path = ${socket_path}` }), /a file is there which is no socket/);
  // The folder of the lab is gone: nothing holds it.
  await using lab = await startDaemon();
  await lab.daemon.stop();
  assert.deepEqual(await readdir(lab.path("state", "lock")), []);
  assert.deepEqual(
    ["nri.sock", "oci/lease", "control/sock"].map((name) => lab.exists(name)),
    [false, false, false],
  );
});

test("the end during the start is an end in order", async () => {
  await using lab = await startDaemon({ nri: "disable = true" });
  await lab.daemon.stop();
  const daemon = lab.make({});
  const starting = daemon.start();
  await daemon.stop();
  await assert.rejects(starting, /stopped/);
  assert.deepEqual([lab.exists("nri.sock"), lab.exists("oci/lease")], [false, false]);
});

test("the control socket reads, and says what it does not know", async (t) => {
  const path = join(await folder(t), "control", "sock");
  await using _control = await openControl(path, { "/v1/info": () => ({ big: 1 }) }, silent);
  assert.deepEqual(await askControl(path, "/v1/info"), { big: 1 });
  await assert.rejects(askControl(path, "/v1/nothing"), /no such path: \/v1\/nothing/);
  await assert.rejects(askControl(path, "/constructor"), /no such path/);
  const status = await new Promise((resolve) => {
    request({ socketPath: path, path: "/v1/info", method: "POST" }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).end();
  });
  assert.equal(status, 405);
  assert.equal(await askControl(`${path}-not-there`, "/v1/info"), undefined);
});

test("info says when an engine is away, and why, until it is back", async () => {
  await using lab = await startDaemon();
  const { daemon, engine } = lab;
  assert.deepEqual(daemon.info().engines, [{ name: "fake", away: undefined }]);
  engine.away("nobody listens");
  assert.deepEqual(daemon.info().engines, [{ name: "fake", away: "nobody listens" }]);
  engine.lost();
  assert.deepEqual(daemon.info().engines, [{ name: "fake", away: undefined }]);
});

test("info without a daemon is that of a configuration, with kinds of domains", () => {
  const { settings } = readConfig(NO_EMBEDDED, "x.toml");
  const info = configuredInfo(settings, "1.2.3", "/x.toml");
  assert.deepEqual([info.running, info.version, info.paths.config], [false, "1.2.3", "/x.toml"]);
  assert.deepEqual(
    info.domains.map(({ name }) => name),
    ["containerd:k8s.io", "containerd:*", "docker", "podman"],
  );
  assert.ok(info.domains.every(({ capabilities }) => capabilities?.events.createContainer !== undefined));
});

const NO_CONTAINERD = "[domains.containerd]\nenable = false\n";
const NO_DOCKER = "[domains.docker]\nenable = false\n";
const NO_PODMAN = "[domains.podman]\nenable = false\n";
const NO_EMBEDDED = "[domains.embedded]\nenable = false\n";

test("domains.containerd: whether, which namespaces, who serves NRI, where containerd is", async () => {
  const enginesOf = (text: string) =>
    PARTS.engines(
      readConfig(`${NO_DOCKER}${NO_PODMAN}${NO_EMBEDDED}[domains.containerd]\n${text}`, "x").settings,
      silent,
    );
  assert.deepEqual(enginesOf("enable = false"), []);
  const [engine] = enginesOf('namespaces = ["one", "k8s.io"]\nserves_nri = "yes"');
  assert.deepEqual(
    engine?.domains.map(({ name, servesNri }) => ({ name, servesNri })),
    [
      { name: "containerd:one", servesNri: false },
      { name: "containerd:k8s.io", servesNri: true },
    ],
  );
  const call = (namespace: string) =>
    engine?.domainFor({ verb: "create", id: "c", root: `/x/${namespace}`, bundle: "", engine: "containerd" })?.name;
  assert.deepEqual([call("one"), call("two")], ["containerd:one", undefined]);
});

test("domains.containerd: address and the rest reach the engine, which says where it waits", async () => {
  const lines: string[] = [];
  const log = daemonLog((line) => lines.push(line), "info");
  const text = '[domains.embedded]\nenable = false\n[domains.containerd]\naddress = "/nowhere/else.sock"';
  const [engine] = PARTS.engines(readConfig(text, "x").settings, log);
  await engine?.start({
    exited: () => undefined,
    removed: () => undefined,
    lost: () => undefined,
    away: () => undefined,
  });
  await engine?.[Symbol.asyncDispose]();
  assert.match(lines.join(""), /level=info .*there is no containerd at \/nowhere\/else\.sock; it is waited for/);
});

test("domains.docker: whether, whose containers, and which namespaces are containerd's no more", () => {
  const enginesOf = (text: string) =>
    PARTS.engines(readConfig(`${NO_EMBEDDED}[domains.docker]\n${text}`, "x").settings, silent);
  const domainOf = (text: string, namespace: string, engine: string) =>
    enginesOf(text)
      .map((one) => one.domainFor({ verb: "create", id: "c", root: `/x/${namespace}`, bundle: "", engine })?.name)
      .find((name) => name !== undefined);
  assert.equal(domainOf("", "moby", "docker"), "docker");
  assert.equal(domainOf("", "moby", "containerd"), "docker");
  assert.equal(domainOf("", "plugins.moby", "docker"), undefined);
  assert.equal(domainOf("", "plugins.moby", "containerd"), undefined);
  assert.equal(domainOf('containerd_namespace = "ours"', "ours", "docker"), "docker");
  assert.equal(domainOf('containerd_namespace = "ours"', "moby", "containerd"), "containerd:moby");
  assert.equal(domainOf("enable = false", "moby", "docker"), undefined);
  assert.equal(domainOf("enable = false", "moby", "containerd"), "containerd:moby");
});

test("domains.podman: whether, where its API and its exit codes are", async (t) => {
  const dir = await folder(t);
  const lines: string[] = [];
  const log = daemonLog((line) => lines.push(line), "info");
  const engineOf = (text: string) => {
    const others = `${NO_CONTAINERD}${NO_DOCKER}${NO_EMBEDDED}`;
    return PARTS.engines(readConfig(`${others}[domains.podman]\nruntime = "/x/crun"\n${text}`, "x").settings, log)[0];
  };
  const call = { verb: "create", id: "c", root: "", bundle: "/b" } as const;
  assert.equal(engineOf("enable = false"), undefined);
  assert.equal(engineOf("")?.domainFor({ ...call, engine: "podman" })?.name, "podman");
  assert.equal(engineOf("")?.domainFor({ ...call, engine: "oci" }), undefined);
  const known = async (exitDir: string) => {
    const engine = engineOf(`address = "/nowhere/podman.sock"\nexit_dir = "${exitDir}"`);
    const ignore = (): undefined => undefined;
    await engine?.start({ exited: ignore, removed: ignore, lost: ignore, away: ignore });
    const names = engine?.domains.map(({ name }) => name);
    await engine?.[Symbol.asyncDispose]();
    return names;
  };
  assert.deepEqual([await known(dir), await known(join(dir, "none"))], [["podman"], []]);
  assert.match(lines.join(""), /level=info .*there is no API of podman at \/nowhere\/podman\.sock; it is waited for/);
});

test("domains.embedded: whether, and whose containers", () => {
  const enginesOf = (text: string) =>
    PARTS.engines(
      readConfig(`${NO_CONTAINERD}${NO_DOCKER}${NO_PODMAN}[domains.embedded]\n${text}`, "x").settings,
      silent,
    );
  assert.deepEqual(enginesOf("enable = false"), []);
  const domainOf = (text: string, root: string) =>
    enginesOf(text)[0]?.domainFor({ verb: "create", id: "c", root, bundle: "/b", engine: "oci" })?.name;
  const [runc, crun] = ['runtime = "/x/runc"', 'runtime = "/x/crun"'];
  assert.deepEqual([domainOf(runc, "/run/runc"), domainOf(runc, "/run/crun")], ["embedded", undefined]);
  assert.deepEqual([domainOf(crun, "/run/runc"), domainOf(crun, "/run/crun")], [undefined, "embedded"]);
  assert.equal(domainOf(`${runc}\nroot = "/y"`, "/y"), "embedded");
});

test("lines of the log have a time, a level, and a text that stays on its line", () => {
  const lines: string[] = [];
  const log = daemonLog(
    (line) => lines.push(line),
    "warn",
    () => new Date(0),
  );
  log.info("no");
  log.warn('say "x"\ny');
  assert.deepEqual(lines, ['time=1970-01-01T00:00:00.000Z level=warn msg="say \\"x\\"\\ny"\n']);
});
