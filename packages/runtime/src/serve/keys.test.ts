// Each key of the configuration does what it says: seen from outside, on a daemon with an engine in memory.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir, stat } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { adjustment, definePlugin, type PluginDefinition, silentLogger } from "@nri/plugin";
import { type ContainerAdjustment, type Init, SecurityProfile_ProfileType } from "@nri/protocol";
import { ROWS, type Settings } from "../config/settings.js";
import type { Described } from "../domain.js";
import { askControl } from "./ask-control.js";
import { eventually, startDaemon } from "./lab.fixture.js";

/** Keys whose effect is tried here, all of them at the end. */
const tried = new Set<keyof Settings>();
function keyTest(names: readonly (keyof Settings)[], what: string, run: () => Promise<void>): void {
  for (const name of names) tried.add(name);
  test(what, run);
}

const MARK = 'echo started >> "$(dirname "$0")/../$NRI_PLUGIN_NAME.started"';

function adjusting(adjust: () => Init<ContainerAdjustment>): PluginDefinition {
  return { index: "50", name: "adjuster", createContainer: () => ({ adjust: adjust() as ContainerAdjustment }) };
}
const SETS_ENV = adjusting(() => adjustment().env("SEEN", "yes").draft());

keyTest(["disable"], "disable: no socket, nothing launched, every container passes as it is", async () => {
  await using lab = await startDaemon({ nri: "disable = true" }, (it) => it.install("10-marks", MARK));
  const lease = await lab.create();
  assert.deepEqual(lease.told, { kind: "pass" });
  assert.equal(lab.bridge, undefined);
  assert.deepEqual([lab.exists("nri.sock"), lab.exists("marks.started")], [false, false]);
  // The wrapper's socket is there, so that nobody waits for it.
  assert.equal(lab.exists("oci", "lease"), true);
  assert.equal(lab.daemon.info().disabled, true);
});

keyTest(
  ["disableConnections"],
  "disable_connections: the socket is never created, and installed plugins run",
  async () => {
    const nri = 'disable_connections = true\nsocket_path = "DIR/folder/nri.sock"';
    await using lab = await startDaemon({ nri }, (it) => it.install("10-marks", MARK));
    assert.equal(lab.exists("folder"), false);
    assert.equal(lab.exists("marks.started"), true);
    await lab.join(SETS_ENV);
    assert.ok((await lab.created()).process?.env?.includes("SEEN=yes"));
    assert.equal(lab.daemon.info().paths.socket, undefined);
  },
);

keyTest(["socketPath"], "socket_path: plugins connect there, and nobody else may", async () => {
  await using lab = await startDaemon({ nri: 'socket_path = "DIR/folder/other.sock"' });
  const socketPath = lab.path("folder", "other.sock");
  assert.equal((await stat(lab.path("folder"))).mode & 0o777, 0o700);
  assert.equal((await stat(socketPath)).mode & 0o777, 0o600);
  const session = await definePlugin(SETS_ENV).start({ socketPath, log: silentLogger, warmUp: false });
  await lab.bridge?.adaptation.waitForPlugins(1, { timeoutMs: 5000 });
  assert.ok((await lab.created()).process?.env?.includes("SEEN=yes"));
  await session.close();
});

keyTest(
  ["pluginPath", "pluginConfigPath"],
  "plugin_path and plugin_config_path: what is installed there runs, with its configuration",
  async () => {
    const program = fileURLToPath(new URL("../../fixtures/tells-config.mjs", import.meta.url));
    const nri = 'plugin_path = "DIR/a"\nplugin_config_path = "DIR/b"\nplugin_registration_timeout = "20s"';
    await using lab = await startDaemon({ nri }, async (it) => {
      await it.install("10-tells", `exec ${process.execPath} ${program}`, "a");
      await it.install("10-marks", MARK);
      await it.file("b/tells.conf", "from b");
      await it.file("conf.d/tells.conf", "from conf.d");
    });
    assert.deepEqual(lab.daemon.plugins, ["10-tells"]);
    assert.ok((await lab.created()).process?.env?.includes("CONFIG=from b"));
    assert.equal(lab.exists("marks.started"), false);
  },
);

keyTest(
  ["pluginRegistrationTimeout"],
  "plugin_registration_timeout: who does not register in time is gone",
  async () => {
    await using lab = await startDaemon({ nri: 'plugin_registration_timeout = "40ms"' });
    const socket = connect(lab.path("nri.sock"));
    const closed = new Promise((resolve) => socket.once("close", resolve).resume());
    await closed;
    await eventually(() => lab.log.some((line) => /plugin registration timed out \(40 ms\)/.test(line)), "it is told");
  },
);

keyTest(["pluginRequestTimeout"], "plugin_request_timeout: who does not answer in time is dropped", async () => {
  await using lab = await startDaemon({ nri: 'plugin_request_timeout = "40ms"' });
  await lab.join({ index: "10", name: "hangs", createContainer: () => new Promise(() => undefined) });
  assert.equal((await lab.create()).refusal, undefined);
  assert.deepEqual(lab.daemon.plugins, []);
  assert.ok(lab.log.some((line) => /not answered in 40 ms/.test(line)));
});

keyTest(["relay"], "relay: pipelined gives a plugin as many requests at once as it takes, serial one", async () => {
  for (const [relay, expected] of [
    ["serial", 1],
    ["pipelined", 2],
  ] as const) {
    await using lab = await startDaemon({ bridge: `relay = "${relay}"` });
    let [atOnce, most] = [0, 0];
    await lab.join({
      index: "10",
      name: "waits",
      concurrency: 2,
      createContainer: async () => {
        most = Math.max(most, ++atOnce);
        await new Promise((resolve) => setTimeout(resolve, 30));
        atOnce--;
        return undefined;
      },
    });
    await Promise.all([lab.create(), lab.create(), lab.create()]);
    assert.equal(most, expected, relay);
  }
});

const { RUNTIME_DEFAULT, LOCALHOST, UNCONFINED } = SecurityProfile_ProfileType;
const profiled = (profileType: SecurityProfile_ProfileType) => (as: Described) =>
  as.kind === "container" ? { ...as, known: { ...as.known, linux: { seccompProfile: { profileType } } } } : as;
const SECCOMP = () => adjustment().seccomp({ defaultAction: "SCMP_ACT_LOG" }).draft();

const REJECTIONS: readonly (readonly [
  name: keyof Settings,
  key: string,
  adjust: () => Init<ContainerAdjustment>,
  reason: RegExp,
  known?: (as: Described) => Described,
])[] = [
  [
    "validatorHooks",
    "reject_oci_hook_adjustment",
    () =>
      adjustment()
        .hooks({ prestart: [{ path: "/bin/true" }] })
        .draft(),
    /restricted OCI hook injection/,
  ],
  [
    "validatorDefaultSeccomp",
    "reject_runtime_default_seccomp_adjustment",
    SECCOMP,
    /restricted runtime default seccomp policy/,
    profiled(RUNTIME_DEFAULT),
  ],
  [
    "validatorUnconfinedSeccomp",
    "reject_unconfined_seccomp_adjustment",
    SECCOMP,
    /restricted {2}unconfined seccomp policy/,
    profiled(UNCONFINED),
  ],
  [
    "validatorCustomSeccomp",
    "reject_custom_seccomp_adjustment",
    SECCOMP,
    /restricted {2}custom seccomp policy/,
    profiled(LOCALHOST),
  ],
  [
    "validatorNamespaces",
    "reject_namespace_adjustment",
    () => adjustment().namespace("ipc").draft(),
    /restricted namespace adjustment by plugin\(s\) "50-adjuster" \(namespace "ipc"\)/,
  ],
  [
    "validatorSysctls",
    "reject_sysctl_adjustment",
    () => adjustment().sysctl("net.core.somaxconn", "1").draft(),
    /restricted sysctl adjustment by plugin\(s\) 50-adjuster/,
  ],
];
for (const [name, key, adjust, reason, known] of REJECTIONS) {
  keyTest(["validatorEnable", name], `${key}: refuses the container, with enable = true alone`, async () => {
    await using lab = await startDaemon({ validator: `enable = true\n${key} = true` });
    await lab.join(adjusting(adjust));
    const options = known === undefined ? {} : { known };
    assert.match((await lab.create(options)).refusal ?? "passed", reason);
    // Neither the others nor the key alone refuse it.
    const others = REJECTIONS.flatMap((row) => (row[1] === key ? [] : [`${row[1]} = true`]));
    await lab.reload({ validator: ["enable = true", ...others].join("\n") });
    assert.equal((await lab.create(options)).refusal, undefined);
    await lab.reload({ validator: `enable = false\n${key} = true` });
    assert.equal((await lab.create(options)).refusal, undefined);
    assert.deepEqual(lab.daemon.plugins, ["50-adjuster"]);
  });
}

keyTest(
  ["validatorRequired", "validatorTolerate"],
  "required_plugins refuses without them, tolerate_missing_plugins_annotation names the excuse",
  async () => {
    const required = 'enable = true\nrequired_plugins = ["adjuster"]\n';
    await using lab = await startDaemon({ validator: required });
    const known = (as: Described) =>
      as.kind === "container" && as.pod !== undefined
        ? { ...as, pod: { ...as.pod, annotations: { "tolerate.example.com": "true" } } }
        : as;
    assert.match((await lab.create({ known })).refusal ?? "", /required plugin "adjuster"/);
    await lab.reload({ validator: `${required}tolerate_missing_plugins_annotation = "tolerate.example.com"` });
    assert.equal((await lab.create({ known })).refusal, undefined);
    assert.match((await lab.create()).refusal ?? "", /required plugin "adjuster"/);
    await lab.join(SETS_ENV);
    assert.equal((await lab.create()).refusal, undefined);
  },
);

test("policies: what a failing plugin means", async () => {
  await using lab = await startDaemon({ rest: '[[policies.rules]]\nplugin = "*"\ntimeout = "40ms"\nfailure = "fail"' });
  await lab.join({ index: "10", name: "hangs", createContainer: () => new Promise(() => undefined) });
  assert.match((await lab.create()).refusal ?? "", /"10-hangs".*not answered in 40 ms/);
  assert.deepEqual(lab.daemon.plugins, ["10-hangs"]);
});

keyTest(["stateDir", "leaseSocket", "controlSocket"], "paths of the daemon: what belongs there is there", async () => {
  const bridge = 'state_dir = "DIR/x/state"\nlease_socket = "DIR/y/lease"\ncontrol_socket = "DIR/z/control"';
  await using lab = await startDaemon({ bridge });
  await lab.create();
  assert.deepEqual((await readdir(lab.path("x", "state"))).sort(), ["lock", "records", "stories"]);
  assert.equal(lab.exists("y", "lease"), true);
  assert.equal((await stat(lab.path("z"))).mode & 0o777, 0o700);
  assert.deepEqual(
    await askControl(lab.path("z", "control"), "/v1/info"),
    JSON.parse(JSON.stringify(lab.daemon.info())),
  );
});

keyTest(["compat"], "compat: with reference what its generator drops is dropped", async () => {
  const reserves = adjusting(() => adjustment().memory({ reservation: 4096n }).draft());
  for (const [compat, expected] of [
    ["default", true],
    ["reference", false],
  ] as const) {
    await using lab = await startDaemon({ bridge: `compat = "${compat}"` });
    await lab.join(reserves);
    const { memory } = (await lab.created()).linux?.resources ?? {};
    assert.equal(memory?.reservation !== undefined, expected);
    assert.equal(lab.daemon.info().compat, compat);
  }
});

keyTest(["wasm"], "wasm: without it modules are left out, with a warning", async () => {
  await using lab = await startDaemon({ bridge: "wasm = false" }, async (it) => {
    await it.install("10-module", "");
    await it.file("plugins/10-module", "\0asm\x01\0\0\0");
  });
  assert.ok(lab.log.some((line) => /can't load WASM plugin .*10-module: no WASM support/.test(line)));
});

keyTest(["restartPlugins"], "restart_plugins: so often in a row a plugin that crashes is started again", async () => {
  await using lab = await startDaemon({ bridge: "restart_plugins = 3" }, (it) => it.install("10-crashes", "exit 3"));
  const told = () => lab.log.some((line) => /is started again in 1000 ms \(1 of 3\)/.test(line));
  await eventually(told, "it is told");
  await using other = await startDaemon({}, (it) => it.install("10-crashes", "exit 3"));
  await eventually(() => other.log.some((line) => /exited with code 3/.test(line)), "it is told");
  assert.ok(!other.log.some((line) => /started again/.test(line)));
});

keyTest(["logLevel"], "log_level: what is less important is left out, from a reload on as well", async () => {
  await using lab = await startDaemon({ bridge: 'log_level = "error"' });
  assert.deepEqual(lab.log, []);
  await lab.reload({ bridge: 'log_level = "info"' });
  assert.match(lab.log.join(""), /level=info msg="the configuration was read again"/);
});

keyTest(["logFormat"], "log_format: lines are objects, which say what they are about", async () => {
  await using lab = await startDaemon({ bridge: 'log_format = "json"' });
  await lab.join({
    index: "10",
    name: "refuses",
    createContainer: () => {
      throw new Error("not today");
    },
  });
  await lab.create();
  const lines = lab.log.map((line) => JSON.parse(line) as { [key: string]: string });
  const refusal = lines.find(({ msg = "" }) => /not today/.test(msg));
  const { level, plugin, domain, container, request } = refusal ?? {};
  assert.deepEqual(
    { level, plugin, domain, container, request },
    { level: "warn", plugin: "10-refuses", domain: "d", container: "c1", request: "CreateContainer" },
  );
  await lab.reload({ bridge: 'log_format = "text"' });
  assert.match(lab.log.at(-1) ?? "", /^time=.* level=info msg="the configuration was read again"/);
});

keyTest(["metricsAddress"], "metrics_address: the numbers are there over TCP too, and nothing else is", async () => {
  // A free port: somebody has had it a moment ago.
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  const bridge = `metrics_address = "127.0.0.1:${port}"`;
  await using lab = await startDaemon({ bridge });
  await lab.create();
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  assert.match(text, /^nri_bridge_request_seconds_count\{request="CreateContainer",outcome="done"\} 1$/m);
  assert.equal((await fetch(`http://127.0.0.1:${port}/v1/info`)).status, 404);
  await assert.rejects(startDaemon({ bridge }), /bridge\.metrics_address 127\.0\.0\.1:\d+: listen EADDRINUSE/);
  assert.throws(() => lab.config({ bridge: 'metrics_address = "9464"' }), /metrics_address: "9464" is no host:port/);
});

keyTest(["cdiSpecDirs"], "cdi_spec_dirs: devices of these folders can be given", async () => {
  await using lab = await startDaemon({ bridge: 'cdi_spec_dirs = ["DIR/cdi"]' }, (it) =>
    it.file(
      "cdi/v.yaml",
      'cdiVersion: "0.5.0"\nkind: vendor.com/dev\ndevices:\n- {name: a, containerEdits: {env: [CDI=a]}}\n',
    ),
  );
  await lab.join(adjusting(() => adjustment().cdiDevice("vendor.com/dev=a").draft()));
  assert.ok((await lab.created()).process?.env?.includes("CDI=a"));
  await lab.reload({ bridge: 'cdi_spec_dirs = ["DIR/elsewhere"]' });
  assert.match((await lab.create()).refusal ?? "", /unresolvable CDI devices vendor\.com\/dev=a/);
});

keyTest(["blockioConfigFile"], "blockio_config_file: classes of this file, ignored without it", async () => {
  const bridge = 'blockio_config_file = "DIR/blockio.yaml"';
  await using lab = await startDaemon({ bridge }, (it) => it.file("blockio.yaml", 'Classes: {slow: [{Weight: "77"}]}'));
  await lab.join(adjusting(() => ({ linux: { resources: { blockioClass: { value: "slow" } } } })));
  assert.equal(Number((await lab.created()).linux?.resources?.blockIO?.weight), 77);
  // A file that has changed is read again.
  await lab.file("blockio.yaml", 'Classes: {slow: [{Weight: "88"}]}');
  await lab.reload({ bridge });
  assert.equal(Number((await lab.created()).linux?.resources?.blockIO?.weight), 88);
  await lab.file("blockio.yaml", "Classes: [");
  await assert.rejects(lab.reload({ bridge }), /bridge\.toml:\d+: .*blockio\.yaml/);
  assert.equal(Number((await lab.created()).linux?.resources?.blockIO?.weight), 88);
  await lab.reload({});
  assert.equal((await lab.created()).linux?.resources?.blockIO, undefined);
});

keyTest(["rdtConfigFile"], "rdt_config_file: a class that is not in it is refused", async () => {
  const bridge = 'rdt_config_file = "DIR/rdt.yaml"';
  await using lab = await startDaemon({ bridge }, (it) =>
    it.file("rdt.yaml", "partitions: {p: {classes: {gold: {}}}}"),
  );
  await lab.join(adjusting(() => ({ linux: { resources: { rdtClass: { value: "silver" } } } })));
  assert.match((await lab.create()).refusal ?? "", /no RDT class "silver" in .*rdt\.yaml/);
});

test("every key of the tables of NRI and of the daemon is tried here", () => {
  const all = ROWS.filter(([, { table }]) => table[0] !== "domains").map(([name]) => name);
  assert.deepEqual(
    all.filter((name) => !tried.has(name)),
    [],
  );
});
