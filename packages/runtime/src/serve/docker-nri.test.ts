// Docker's own NRI in the daemon: who gets which containers, where its options come from, and reloads in two phases.
import assert from "node:assert/strict";
import { test } from "node:test";
import { adjustment, definePlugin, silentLogger } from "@nri/plugin";
import { type DaemonLab, eventually, startDaemon, type Tables } from "./lab.fixture.js";

const MOBY = '[domains.docker]\nprofile = "moby"\n';
const WITH_FILE = `${MOBY}nri_opts_file = "DIR/daemon.json"\n`;

/** Options that are on, with folders and a socket of ours. */
function opts(lab: DaemonLab, more: object = {}): object {
  const at = (name: string): string => lab.path(name);
  return {
    enable: true,
    "plugin-path": at("p"),
    "plugin-config-path": at("c"),
    "socket-path": at("docker.sock"),
    ...more,
  };
}

async function write(lab: DaemonLab, nri: object | undefined): Promise<void> {
  await lab.file("daemon.json", JSON.stringify({ debug: true, ...(nri === undefined ? {} : { "nri-opts": nri }) }));
}

const moby = (lab: DaemonLab) => lab.daemon.info().domains.find(({ profile }) => profile === "moby");
const isOn = (lab: DaemonLab): boolean => moby(lab)?.nri !== undefined;

async function startMoby(nri: object, more: Tables = {}): Promise<DaemonLab> {
  return await startDaemon({ rest: WITH_FILE, ...more }, (lab) => write(lab, opts(lab, nri)));
}

/** A plugin that sets V, at the socket of Docker's NRI. */
async function join(lab: DaemonLab, value: string): Promise<void> {
  const plugin = definePlugin({
    index: "10",
    name: `sets-${value}`,
    createContainer: () => ({ adjust: adjustment().env("V", value) }),
  });
  await plugin.start({ socketPath: lab.path("docker.sock"), log: silentLogger, environment: {}, warmUp: false });
  await eventually(() => lab.daemon.plugins.includes(`10-sets-${value}`), "the plugin is in");
}

test("containers of Docker are its NRI's, and those of others are not; info has Docker's pairs", async () => {
  await using lab = await startMoby({});
  await lab.join({ index: "50", name: "all", createContainer: () => ({ adjust: adjustment().env("ALL", "1") }) });
  await join(lab, "1");
  assert.deepEqual(lab.daemon.plugins, ["50-all", "10-sets-1"]);
  assert.ok((await lab.createInDocker("c1")).spec.process?.env?.includes("V=1"));
  assert.ok(!(await lab.createInDocker("c1")).spec.process?.env?.includes("ALL=1"));
  assert.ok((await lab.created()).process?.env?.includes("ALL=1"));
  assert.deepEqual(moby(lab), {
    name: "docker",
    servesNri: false,
    profile: "moby",
    nri: [
      ["plugin-path", lab.path("p")],
      ["plugin-config-path", lab.path("c")],
      ["socket-path", lab.path("docker.sock")],
    ],
  });
});

test("a reload follows the file: off when it has no options, on again, and nothing when they are wrong", async () => {
  await using lab = await startMoby({});
  await join(lab, "1");
  for (const wrong of ['{"nri-opts":{"foo":1}}', '{"nri-opts":', "[]"]) {
    await lab.file("daemon.json", wrong);
    await assert.rejects(lab.reload({ rest: WITH_FILE, nri: 'plugin_request_timeout = "3s"' }), /daemon\.json: /);
    assert.deepEqual(lab.daemon.plugins, ["10-sets-1"]);
  }
  await write(lab, opts(lab, { "socket-path": `${lab.path("daemon.json")}/sock` }));
  await assert.rejects(lab.reload({ rest: WITH_FILE }), /daemon\.json/);
  assert.equal(isOn(lab), true);
  await write(lab, undefined);
  await assert.rejects(lab.reload({ rest: WITH_FILE, nri: 'plugin_path = "DIR/daemon.json"' }), /daemon\.json/);
  assert.deepEqual([isOn(lab), lab.exists("docker.sock")], [true, true]);
  await lab.reload({ rest: WITH_FILE });
  assert.deepEqual([isOn(lab), lab.exists("docker.sock")], [false, false]);
  assert.deepEqual((await lab.createInDocker("c1")).told, { kind: "pass" });
  await write(lab, opts(lab));
  await lab.reload({ rest: WITH_FILE });
  assert.equal(isOn(lab), true);
});

test("options of the command line hold over reloads; with a file that has some as well they are refused", async () => {
  const flags = ["enable=true", "plugin-path=/nowhere/p", "plugin-config-path=/nowhere/c"];
  await using lab = await startDaemon({ rest: WITH_FILE }, (it) => write(it, undefined), flags);
  assert.equal(isOn(lab), true);
  await lab.reload({ rest: WITH_FILE });
  assert.equal(isOn(lab), true);
  await write(lab, { enable: false });
  await assert.rejects(
    lab.reload({ rest: WITH_FILE }),
    /specified both as a flag and in the configuration file: nri-opts: \(from flag: enable=true,plugin-path=\/nowhere\/p,plugin-config-path=\/nowhere\/c, from file: map\[enable:false\]\)/,
  );
  assert.equal(isOn(lab), true);
  await assert.rejects(
    startDaemon({ rest: WITH_FILE }, (it) => write(it, {}), flags),
    /specified both/,
  );
});

test('compat "reference": the first reload without options in the file switches those of the command line off', async () => {
  const bridge = 'compat = "reference"';
  const flags = ["enable=true", "plugin-path=/nowhere/p", "plugin-config-path=/nowhere/c"];
  await using lab = await startDaemon({ bridge, rest: MOBY }, undefined, flags);
  assert.equal(isOn(lab), true);
  await lab.reload({ bridge, rest: MOBY });
  assert.equal(isOn(lab), false);
});

test("without options it is off, as in Docker; NRI that is disabled is disabled for Docker too", async () => {
  await using lab = await startDaemon({ rest: MOBY });
  assert.deepEqual([moby(lab)?.profile, isOn(lab)], ["moby", false]);
  await using disabled = await startMoby({}, { nri: "disable = true" });
  assert.deepEqual((await disabled.createInDocker("c1")).told, { kind: "pass" });
  await disabled.reload({ rest: WITH_FILE });
  assert.equal(isOn(disabled), true);
  await disabled.reload({ rest: WITH_FILE, nri: "disable = true" });
  assert.equal(moby(disabled), undefined);
});

test("options without the profile, and a file that is not there, are refused at the start", async () => {
  await assert.rejects(
    startDaemon({}, undefined, ["enable"]),
    /nri-opts are for domains\.docker with profile = "moby"/,
  );
  await assert.rejects(startDaemon({ rest: WITH_FILE }), /daemon\.json: ENOENT/);
});

test("a plugin directory that cannot be read fails the start, as Docker's", async () => {
  await assert.rejects(
    startDaemon({ rest: WITH_FILE }, (lab) => write(lab, opts(lab, { "plugin-path": lab.path("daemon.json") }))),
    /daemon\.json/,
  );
});
