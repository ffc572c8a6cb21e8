// Tests of installing a plugin for a runtime that starts it without PATH, through a symbolic link.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { duplexStream } from "@nri/ttrpc";
import { RawRuntime } from "../raw-runtime.fixture.js";
import { launcherText, planInstallation } from "./launcher.js";

const COMMAND = fileURLToPath(new URL("../../bin/nri-install-plugin.mjs", import.meta.url));
const CHILD = new URL("../child-plugin.fixture.js", import.meta.url);

function folder(context: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "nri-install-"));
  context.after(() => rmSync(dir, { recursive: true }));
  return dir;
}

const command = (...args: string[]) => spawnSync(process.execPath, [COMMAND, ...args], { encoding: "utf8" });

test("an installed plugin starts with no PATH, through its link, on descriptor 3", async (context) => {
  const dir = folder(context);
  writeFileSync(join(dir, "package.json"), '{"type":"module"}');
  const plugin = join(dir, "a plugin.mjs");
  writeFileSync(plugin, `import ${JSON.stringify(CHILD.href)};\n`);
  const link = join(dir, "plugins", "10-installed");
  const done = command("--index", "10", "--name", "installed", "--plugin-dir", join(dir, "plugins"), plugin);
  assert.deepEqual([done.status, done.stderr], [0, ""]);
  assert.ok(readlinkSync(link).endsWith("/a plugin.launcher.mjs"));

  const env = { NRI_PLUGIN_NAME: "installed", NRI_PLUGIN_IDX: "10", NRI_PLUGIN_SOCKET: "3" };
  const child = spawn(link, [], { env, stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const exited = once(child, "exit");
  const runtime = new RawRuntime({ trunk: duplexStream(child.stdio[3] as Socket) });
  await runtime.configure();
  const { pluginIdx, pluginName } = runtime.registrations[0] ?? {};
  assert.deepEqual([pluginIdx, pluginName], ["10", "installed"]);
  runtime.close();
  await exited;
});

test("installing again replaces a link, but no other file", (context) => {
  const dir = folder(context);
  const plugin = join(dir, "10-p.js");
  writeFileSync(plugin, "");
  symlinkSync("/nonexistent", join(dir, "10-p"));
  assert.equal(command("--plugin-dir", dir, plugin).status, 0);
  assert.equal(readlinkSync(join(dir, "10-p")), join(dir, "10-p.launcher.mjs"));
  assert.equal(lstatSync(join(dir, "10-p.launcher.mjs")).mode & 0o777, 0o755);
  writeFileSync(join(dir, "11-q"), "mine");
  const refused = command("--plugin-dir", dir, "--index", "11", "--name", "q", plugin);
  assert.deepEqual(
    [refused.status, refused.stderr],
    [1, `nri-install-plugin: ${dir}/11-q: exists and is no symbolic link\n`],
  );
  assert.equal(readFileSync(join(dir, "11-q"), "utf8"), "mine");
});

test("the launcher names Node and the plugin absolutely, whatever characters the path has", () => {
  const lines = launcherText({ node: "/opt/node/bin/node", plugin: "/a b/c%20#d?.js" }).split("\n");
  assert.equal(lines[0], "#!/opt/node/bin/node");
  assert.equal(lines[2], 'import "file:///a%20b/c%2520%23d%3F.js";');
});

test("index and name come from the file's name or from options", () => {
  const link = (plugin: string, index?: string, name?: string) =>
    planInstallation({ plugin, node: "/n", index, name, pluginDir: "/p" }).link;
  assert.equal(link("/x/10-foo.js"), "/p/10-foo");
  assert.equal(link("/x/foo.js", "20"), "/p/20-foo");
  assert.equal(link("/x/foo.js", "20", "bar"), "/p/20-bar");
  assert.equal(planInstallation({ plugin: "/x/10-foo.js", node: "/n" }).link, "/opt/nri/plugins/10-foo");
});

test("what cannot work is refused with status 2", () => {
  const refused = (message: string, ...args: string[]) => {
    const { status, stderr } = command(...args);
    assert.deepEqual([status, stderr], [2, `nri-install-plugin: ${message}\n`]);
  };
  refused("expected one plugin file, see --help");
  refused('invalid plugin name "foo", idx-pluginname expected', "/x/foo.js");
  refused('invalid plugin index "x", must be 2 digits', "--index", "x", "/x/foo.js");
  refused("/x/foo.ts: not a .js, .mjs or .cjs file; bundle it first: nri build --bundle", "/x/foo.ts");
  refused(
    "/a b/node: a script cannot name this Node, its path has blanks or is too long",
    "--node",
    "/a b/node",
    "/x/1.js",
  );
});
