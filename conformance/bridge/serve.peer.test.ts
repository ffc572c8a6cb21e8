// `nri serve` as a process: its line, its signals, its lock, its sockets.
import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { nriProgram } from "../paths.js";
import { Child, output } from "../peers/child.js";
import { root } from "../requirements.js";
import { until } from "../waits.js";

const PROGRAM = fileURLToPath(new URL("../../../packages/runtime/fixtures/tells-config.mjs", import.meta.url));

/** A folder with a configuration and one plugin, and the daemons that were started with it. */
class Place implements AsyncDisposable {
  readonly dir = mkdtempSync(join(tmpdir(), "nri-srv-"));
  readonly config = join(this.dir, "bridge.toml");
  readonly #children: Child[] = [];

  constructor() {
    mkdirSync(join(this.dir, "plugins"));
    const plugin = join(this.dir, "plugins/10-tells");
    writeFileSync(plugin, `#!/bin/sh\nexec ${process.execPath} ${PROGRAM}\n`);
    chmodSync(plugin, 0o755);
    this.write();
  }

  write(more = ""): void {
    const { dir } = this;
    writeFileSync(
      this.config,
      `[plugins."io.containerd.nri.v1.nri"]
socket_path = "${dir}/sockets/nri.sock"
plugin_path = "${dir}/plugins"
plugin_config_path = "${dir}/conf.d"
plugin_registration_timeout = "20s"
[domains.containerd]
address = "${dir}/nobody.sock"
namespaces = ["k8s.io"]
[domains.embedded]
enable = false
[bridge]
state_dir = "${dir}/state"
lease_socket = "${dir}/oci/lease.sock"
control_socket = "${dir}/control/control.sock"
${more}`,
    );
  }

  start(...args: string[]): Child {
    const child = new Child(nriProgram, ["serve", "--config", this.config, ...args]);
    this.#children.push(child);
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) await child[Symbol.asyncDispose]();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

interface Ready {
  readonly ready: boolean;
  readonly pid: number;
  readonly plugins: string[];
  readonly domains: string[];
  readonly [path: string]: unknown;
}

async function ready(daemon: Child): Promise<Ready> {
  const line = await daemon.until("its ready line", ([first]) => first, 30_000);
  return JSON.parse(line) as Ready;
}

/** Process ids of the plugins that a daemon has started. */
function pluginsOf(daemon: Child): number[] {
  const children = readdirSync(`/proc/${daemon.pid}/task`).flatMap((thread) =>
    readChildren(`/proc/${daemon.pid}/task/${thread}/children`),
  );
  return children.filter((pid) => readText(`/proc/${pid}/environ`).includes("NRI_PLUGIN_NAME=tells")).sort();
}

function readChildren(path: string): number[] {
  return readText(path)
    .split(" ")
    .filter((word) => word !== "")
    .map(Number);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has ended meanwhile
  }
}

test("the daemon prints one line when it is ready, reloads at SIGHUP, and ends at SIGTERM with code 0", async () => {
  await using place = new Place();
  const { dir } = place;
  const daemon = place.start();
  const line = await ready(daemon);
  const { pid: _, version: __, ...told } = line;
  assert.deepEqual(told, {
    ready: true,
    socket: `${dir}/sockets/nri.sock`,
    leaseSocket: `${dir}/oci/lease.sock`,
    controlSocket: `${dir}/control/control.sock`,
    stateDir: `${dir}/state`,
    plugins: ["10-tells"],
    domains: ["containerd:k8s.io"],
  });
  const info = JSON.parse(await output(nriProgram, ["info", "--json", "--config", place.config]));
  assert.deepEqual([info.running, info.pid, info.domains[0].name], [true, line.pid, "containerd:k8s.io"]);
  assert.ok(info.domains[0].capabilities.events.createContainer.at);

  const plugins = pluginsOf(daemon);
  assert.equal(plugins.length, 1);
  place.write('log_levle = "debug"\n');
  daemon.kill("SIGHUP");
  const refused = await daemon.until("the refusal", (_out, err) => err.find((text) => /is as before/.test(text)));
  assert.match(refused, /bridge\.toml:15: bridge\.log_levle: unknown key, did you mean bridge\.log_level\?/);
  place.write('log_level = "warn"\n');
  daemon.kill("SIGHUP");
  place.write('log_level = "info"\n');
  daemon.kill("SIGHUP");
  await daemon.until("the reload", (_out, err) => err.find((text) => /was read again/.test(text)));
  assert.deepEqual(pluginsOf(daemon), plugins, "the plugin is the same process");

  mkdirSync(join(dir, "conf.d"));
  writeFileSync(join(dir, "conf.d/10-tells.conf"), "other");
  daemon.kill("SIGHUP");
  const [next] = await until("another process", () => {
    const now = pluginsOf(daemon);
    return now.length === 1 && now[0] !== plugins[0] && now;
  });

  daemon.kill("SIGTERM");
  assert.equal(await daemon.exited, 0);
  assert.equal(daemon.stdout.length, 1);
  await until("the plugins have ended", () => [plugins[0], next].every((pid) => !existsSync(`/proc/${pid}`)));
  for (const path of ["sockets/nri.sock", "oci/lease.sock", "control/control.sock"]) {
    assert.equal(existsSync(join(dir, path)), false, path);
  }
});

test("a second daemon refuses to start; one that was killed holds nothing, and leaves no plugin", async () => {
  await using place = new Place();
  const first = place.start();
  await ready(first);
  const second = place.start("--socket", join(place.dir, "other.sock"), "--control", join(place.dir, "other/c.sock"));
  assert.equal(await second.exited, 1);
  assert.match(second.stderr.join("\n"), /another daemon has this state folder/);
  assert.equal(second.stdout.length, 0);
  // A daemon of another folder, and paths of the command line.
  const other = place.start(
    "--state",
    join(place.dir, "other"),
    "--socket",
    join(place.dir, "other.sock"),
    "--control",
    join(place.dir, "other/c.sock"),
  );
  assert.equal(await other.exited, 1, "the wrapper's socket is taken");
  const plugins = pluginsOf(first);
  first.kill("SIGKILL");
  await first.exited;
  await until("the plugin has ended", () => plugins.every((pid) => !existsSync(`/proc/${pid}`)));
  const next = place.start();
  assert.deepEqual((await ready(next)).plugins, ["10-tells"]);
});

test("another user reaches none of the sockets", { skip: "missing" in root && root.missing }, async () => {
  await using place = new Place();
  chmodSync(place.dir, 0o755);
  await ready(place.start());
  const look = `for (const path of process.argv.slice(1)) {
    const socket = require("node:net").connect(path, () => { console.log("reached"); socket.destroy(); });
    socket.on("error", (error) => console.log(error.code));
  }`;
  const paths = ["sockets/nri.sock", "oci/lease.sock", "control/control.sock"].map((path) => join(place.dir, path));
  const said = await output(process.execPath, ["-e", look, ...paths], { uid: 65534, gid: 65534, cwd: "/" });
  assert.deepEqual(said.trim().split("\n"), ["EACCES", "EACCES", "EACCES"]);
});
