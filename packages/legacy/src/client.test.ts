// Tests of the calling side with programs in shell: what they get, what comes back, and every way to fail.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { parseSpec } from "@nri/oci";
import { OK, Place } from "./place.fixture.js";
import type { State } from "./types.js";

const TASK = { id: "c1", pid: 7, spec: { ociVersion: "1.2.0" } };
const SHOW = `cat > "$0.in"; ${OK}`;

function shown(place: Place, type: string): string {
  return readFileSync(join(place.options.binDir, `${type}.in`), "utf8");
}

test("a plugin gets all of the request in the reference's order, with every digit", async (context) => {
  const place = new Place(context);
  place.programs({ one: SHOW });
  const conf = '{"big":18446744073709551615,"raw":1.0,"__proto__":{"a":[]}}';
  place.file("conf.json", `{"version": "0.1", "plugins": [{"type": "one", "conf": ${conf}}]}`);
  const spec = parseSpec(`{"ociVersion": "1.2.0", "annotations": {"a": "b"}, "linux": {
    "namespaces": [{"type": "pid"}, {"type": "network", "path": "/n"}], "cgroupsPath": "/g",
    "resources": {"memory": {"limit": 9223372036854775807}, "new": {"kept": 1e3}}}}`);
  const sandbox = { id: "p1", labels: { app: "web" } };
  await (await place.client()).invoke({ id: "c1", pid: 7, spec }, "create", { sandbox });
  const resources = '{"memory":{"limit":9223372036854775807},"new":{"kept":1e3}}';
  assert.equal(
    shown(place, "one"),
    `{"conf":${conf},"version":"0.1","state":"create","id":"c1","sandboxID":"p1","pid":7,"spec":{"resources":${resources},` +
      '"namespaces":{"pid":"","network":"/n"},"cgroupsPath":"/g","annotations":{"a":"b"}},"labels":{"app":"web"}}',
  );
});

test("what is empty is left out, but for the resources", async (context) => {
  const place = new Place(context);
  place.programs({ one: SHOW });
  const client = await place.client();
  for (const spec of [{ ociVersion: "" }, { ociVersion: "", linux: {}, annotations: {} }]) {
    await client.invoke({ id: "c1", spec }, "delete", { sandbox: { id: "", labels: {} } });
    assert.equal(shown(place, "one"), '{"version":"0.1","state":"delete","id":"c1","spec":{"resources":null}}');
  }
  await client.invoke(
    { id: "c1", spec: parseSpec('{"ociVersion":"","windows":{"resources":{"cpu":{"count":2}}}}') },
    "update",
  );
  assert.match(shown(place, "one"), /"spec":\{"resources":\{"cpu":\{"count":2\}\}\}\}$/);
});

test("each plugin sees the results of those before it; the caller gets all", async (context) => {
  const place = new Place(context);
  place.programs({
    a: `cat > /dev/null; echo '{"plugin":"A","version":"9","error":"","metadata":{"k":"v"},"state":"create"}'`,
    b: SHOW,
    c: SHOW,
  });
  const results = await (await place.client()).invoke(TASK, "create");
  assert.deepEqual(results[0], { plugin: "A", version: "9", error: "", metadata: { k: "v" } });
  assert.equal(results.length, 3);
  const a = '{"plugin":"A","version":"9","error":"","metadata":{"k":"v"}}';
  assert.ok(shown(place, "b").endsWith(`"results":[${a}]}`), shown(place, "b"));
  assert.ok(shown(place, "c").endsWith(`"results":[${a},{"plugin":"p","version":"0.1","error":""}]}`));
});

test("the first failure ends the chain; its text names the plugin", async (context) => {
  const place = new Place(context);
  place.programs({ a: SHOW, b: `echo '{"error":"no room"}'`, c: SHOW });
  await assert.rejects((await place.client()).invoke(TASK, "create"), {
    name: "LegacyError",
    code: "refused",
    plugin: "b",
    message: "plugin: b: no room",
  });
  assert.ok(existsSync(join(place.options.binDir, "a.in")) && !existsSync(join(place.options.binDir, "c.in")));
});

test("a program is looked for in the plugin directory only; what is no file name there is refused", async (context) => {
  const place = new Place(context);
  place.file("bin/plain", "#!/bin/sh\n", 0o644);
  place.file("bin/data", "text", 0o755);
  place.file("bin/folder/x", "");
  const { binDir } = place.options;
  const refused = async (type: string, why: string) => {
    place.file("conf.json", JSON.stringify({ plugins: [{ type }] }));
    const message = `plugin: ${type}: ${why}`;
    await assert.rejects((await place.client()).invoke(TASK, "create"), { code: "not-started", message });
  };
  await refused("sh", `exec: "sh": executable file not found in ${binDir}`);
  await refused("plain", `exec: "plain": ${binDir}/plain: permission denied`);
  await refused("folder", `exec: "folder": ${binDir}/folder: is a directory`);
  await refused("data", `fork/exec ${binDir}/data: exec format error`);
  for (const type of ["", ".", "..", "../sh", "/bin/sh", "a\0b"])
    await refused(type, `exec: ${JSON.stringify(type)}: not the name of a file in ${binDir}`);
});

test("a program has a PATH of the system's folders and its own, and nothing else; or what is given", async (context) => {
  const place = new Place(context);
  place.programs({ one: `env > "$0.in"; ${OK}` });
  const names = () =>
    shown(place, "one")
      .split("\n")
      .filter((line) => line !== "" && !/^(PWD|_|OLDPWD|SHLVL)=/.test(line)); // those are the shell's own
  await (await place.client()).invoke(TASK, "create");
  const standard = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  assert.deepEqual(names(), [`PATH=${standard}:${place.options.binDir}`]);
  await (await place.client({ env: { PATH: "/bin:/usr/bin", A: "1" } })).invoke(TASK, "create");
  assert.deepEqual(names().sort(), ["A=1", "PATH=/bin:/usr/bin"]);
});

test("a program that is not done in time is killed with all that it has started", async (context) => {
  const place = new Place(context);
  place.programs({ slow: `sleep 60 & echo $! > "$0.in"; sleep 60` });
  const client = await place.client({ limits: { timeoutMs: 1000 } });
  await assert.rejects(client.invoke(TASK, "pause"), {
    code: "timed-out",
    message: "plugin: slow: not done in 1000 ms (pause of c1)",
  });
  await gone(Number(shown(place, "slow")));
});

test("what a program leaves behind with its stdout is waited for, and killed at the deadline", async (context) => {
  const place = new Place(context);
  place.programs({ leaves: `sleep 60 & echo $! > "$0.in"; ${OK}` });
  const client = await place.client({ limits: { timeoutMs: 1000 } });
  await assert.rejects(client.invoke(TASK, "create"), { code: "timed-out" });
  await gone(Number(shown(place, "leaves")));
});

test("a process that got away with the stdout, into a session of its own, keeps nobody waiting", async (context) => {
  const place = new Place(context);
  place.programs({ away: `setsid sh -c 'echo $$ > "$1.in"; exec sleep 5' sh "$0" & ${OK}` });
  const client = await place.client({ limits: { timeoutMs: 1000 } });
  const begin = performance.now();
  await assert.rejects(client.invoke(TASK, "create"), { code: "timed-out" });
  assert.ok(performance.now() - begin < 5000);
  process.kill(Number(shown(place, "away")), "SIGKILL");
});

test("a program that prints without end is killed at the limit", async (context) => {
  const place = new Place(context);
  place.programs({ flood: "yes", exact: `head -c 1000 /dev/zero | tr '\\0' ' '; printf null` });
  const client = await place.client();
  await assert.rejects(client.invoke(TASK, "create"), {
    code: "too-much-output",
    message: "plugin: flood: more than 1048576 bytes of output (create of c1)",
  });
  place.programs({ exact: `head -c 1000 /dev/zero | tr '\\0' ' '; printf null` });
  await (await place.client({ limits: { maxOutputBytes: 1004 } })).invoke(TASK, "create");
  await assert.rejects((await place.client({ limits: { maxOutputBytes: 1003 } })).invoke(TASK, "create"), {
    code: "too-much-output",
  });
});

test("an aborted signal ends the running program and the chain, and starts none when it comes first", async (context) => {
  const place = new Place(context);
  place.programs({ slow: `echo $$ > "$0.in"; exec sleep 60`, never: SHOW });
  const client = await place.client();
  const abort = new AbortController();
  const asked = client.invoke(TASK, "create", { signal: abort.signal });
  asked.catch(() => undefined); // looked at below
  while (!existsSync(join(place.options.binDir, "slow.in")) || shown(place, "slow") === "") await pause(5);
  abort.abort(new Error("the runtime went away"));
  const message = "plugin: slow: given up (create of c1): the runtime went away";
  await assert.rejects(asked, { code: "aborted", message });
  await gone(Number(shown(place, "slow")));
  await assert.rejects(client.invoke(TASK, "create", { signal: abort.signal }), { code: "aborted" });
  assert.ok(!existsSync(join(place.options.binDir, "never.in")));
});

test("a program that does not read its request can answer", async (context) => {
  const place = new Place(context);
  place.programs({ deaf: `exec < /dev/null; ${OK}` });
  const annotations = { big: "x".repeat(4 << 20) };
  const results = await (await place.client()).invoke({ id: "c", spec: { ociVersion: "", annotations } }, "create");
  assert.equal(results.length, 1);
});

test("a wrong output that is long is quoted in part", async (context) => {
  const place = new Place(context);
  place.programs({ long: "head -c 200000 /dev/zero | tr '\\0' x" });
  await assert.rejects((await place.client()).invoke(TASK, "create"), (error: Error) => {
    assert.ok(error.message.length < 70_000, `${error.message.length}`);
    assert.match(error.message, /"\.\.\.: invalid character 'x' looking for beginning of value$/);
    return true;
  });
});

test("a state that does not exist is refused before anything is started", async (context) => {
  const place = new Place(context);
  place.programs({ one: SHOW });
  await assert.rejects((await place.client()).invoke(TASK, "setup" as State), {
    code: "invalid-option",
    message: 'state: expected one of create, delete, update, pause, resume, got "setup"',
  });
  assert.ok(!existsSync(join(place.options.binDir, "one.in")));
});

/** Waits until a process has ended; orphans of a container may stay as zombies. */
async function gone(pid: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      if (/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))) return;
    } catch {
      return;
    }
    await pause(10);
  }
  assert.fail(`process ${pid} lives`);
}
