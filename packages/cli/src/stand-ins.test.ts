// nri runtime and nri plugin as programs: against each other, and when there is nobody on the other end.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Folder, nri, TOP } from "./lab.fixture.js";

const PLUGIN = `${process.execPath} ${join(TOP, "packages/cli/bin/nri.js")} plugin -idx {idx} -name {name} -socket {socket}`;
const CREATE = '{"op":"CreateContainer","req":{"pod":{"id":"p","name":"p"},"container":{"id":"c","name":"web"}}}\n';

test("the runtime starts plugins, takes steps and ends with 0 whatever the answers are", async () => {
  using folder = new Folder();
  const script = folder.file("script.json", '{"create":{"web":{"error":"no","code":5}}}');
  const record = join(folder.path, "calls.jsonl");
  const args = ["runtime", "--socket=nri.sock", "-spawn", "1", "-name", "lab", "-plugins", "1"];
  const command = `${PLUGIN} --script ${script} -record ${record} -events CreateContainer,RunPodSandbox -validate`;
  const { code, stdout, stderr } = await nri([...args, "-spawn-cmd", command], {
    cwd: folder.path,
    stdin: `# nothing\n\n${CREATE}{"op":"RunPodSandbox","req":{"pod":{"id":"p"}}}`,
  });
  assert.deepEqual([code, stderr], [0, ""]);
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { event?: string; op?: string });
  assert.deepEqual(
    lines.map(({ event, op }) => event ?? op),
    ["Synchronized", "Synchronized", "Ready", "CreateContainer", "RunPodSandbox"],
  );
  assert.deepEqual(lines[3], {
    code: 5,
    error: "rpc error: code = NotFound desc = no",
    ok: false,
    op: "CreateContainer",
  });
  const calls = readFileSync(record, "utf8").trimEnd().split("\n");
  const methods = calls.map((line) => (JSON.parse(line) as { method: string }).method);
  assert.deepEqual(methods, ["Configure", "Synchronize", "CreateContainer", "RunPodSandbox", "Shutdown", "Closed"]);
});

test("a plugin that ends or cannot be started fails the runtime at once, by name", async () => {
  using folder = new Folder();
  const run = (command: string) =>
    nri(["runtime", "--socket", "nri.sock", "--spawn", "1", "--spawn-cmd", command], { cwd: folder.path });
  assert.deepEqual(await run("/bin/false"), {
    code: 1,
    stdout: '{"event":"Synchronized","res":{}}\n',
    stderr: "nri: plugin /bin/false ended (exit code 1) before it was there\n",
  });
  const missing = await run("./no-such-program");
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /^nri: --spawn-cmd: \.\/no-such-program: .*ENOENT/);
});

test("a runtime whose plugins do not come gives up after --wait", async () => {
  using folder = new Folder();
  const args = ["runtime", "--socket", "nri.sock", "--plugins", "2", "--wait", "300ms"];
  const { code, stderr } = await nri(args, { cwd: folder.path });
  assert.equal(code, 1);
  assert.match(stderr, /^nri: waited 300 ms for plugins: 0 of 2 plugins are active\n$/);
});

test("policies and compat decide what becomes of a plugin that does not answer in time", async () => {
  using folder = new Folder();
  const script = folder.file("slow.json", '{"create":{"*":{"delayMs":5000}}}');
  const policies: [name: string, text: string][] = [
    ["skip.yaml", 'rules:\n - {plugin: "*", failure: skip}\n'],
    ["fail.toml", '[[rules]]\nplugin = "*"\nfailure = "fail"\n'],
    ["drop.json", '{"rules": [{"plugin": "*", "failure": "drop"}]}'],
  ];
  const run = async (...more: string[]) => {
    const args = ["runtime", "-socket", "nri.sock", "-req-timeout", "400ms", "-spawn", "1", ...more];
    const stdin = `${CREATE}{"op":"Plugins"}\n`;
    const { stdout } = await nri([...args, "-spawn-cmd", `${PLUGIN} -script ${script}`], { cwd: folder.path, stdin });
    return stdout
      .trimEnd()
      .split("\n")
      .slice(3)
      .map((line) => JSON.parse(line) as { ok: boolean; res?: { plugins?: number } });
  };
  const found: [ok: boolean | undefined, plugins: number | undefined][] = [];
  for (const [name, text] of policies) {
    const [created, plugins] = await run("--policies", folder.file(name, text));
    found.push([created?.ok, plugins?.res?.plugins]);
  }
  const [created, plugins] = await run("--compat", "reference");
  found.push([created?.ok, plugins?.res?.plugins]);
  assert.deepEqual(found, [
    [true, 1],
    [false, 1],
    [true, 0],
    [true, 0],
  ]);
});

test("a plugin without a runtime says so in one line and ends with 1", async () => {
  using folder = new Folder();
  const args = ["plugin", "--mode", "noop", "--idx", "10", "--name", "x", "--socket", "nri.sock"];
  const { code, stdout, stderr } = await nri(args, { cwd: folder.path });
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^nri: .*nri\.sock.*\n$/);
});
