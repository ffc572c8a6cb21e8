// Tests of the plugin side: a plugin as a function from arguments and stdin to stdout, stderr and exit status.
import assert from "node:assert/strict";
import { PassThrough, Readable, Writable } from "node:stream";
import { test } from "node:test";
import { type Answer, type LegacyPlugin, runPlugin } from "./skel.js";
import { isSandbox, type LegacyRequest, STATES } from "./types.js";

async function run(plugin: Partial<LegacyPlugin>, input: string, args: readonly string[] = ["invoke"]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const status = await runPlugin(
    { type: "one", ...plugin },
    { args, stdin: Readable.from([Buffer.from(input)]), stdout, stderr },
  );
  return { status, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
}

const request = (more: object = {}) =>
  JSON.stringify({ version: "0.1", state: "create", id: "c1", spec: null, ...more });
const line = (result: object) => `${JSON.stringify({ plugin: "one", version: "0.1", error: "", ...result })}\n`;

test("a handler's request has all fields, also those that were left out", async () => {
  let seen: LegacyRequest | undefined;
  const create = (given: LegacyRequest): Answer => {
    seen = given;
  };
  assert.deepEqual(await run({ create }, request()), { status: 0, stdout: line({}), stderr: "" });
  const spec = { resources: null, namespaces: {}, cgroupsPath: "", annotations: {} };
  assert.deepEqual(seen, {
    conf: undefined,
    version: "0.1",
    state: "create",
    id: "c1",
    sandboxID: "",
    pid: 0,
    spec,
    labels: {},
    results: [],
  });
  assert.equal(isSandbox({ id: "c1", sandboxID: "p1" }), false);
  assert.equal(isSandbox({ id: "p1", sandboxID: "p1" }), true);
});

test("64-bit numbers of resources are bigint, and conf keeps its digits", async () => {
  const input =
    '{"version":"0.1","state":"create","id":"c","conf":18446744073709551616,' +
    '"spec":{"resources":{"memory":{"limit":1},"cpu":{"shares":18446744073709551615}}}}';
  let seen: LegacyRequest | undefined;
  const create = (given: LegacyRequest): Answer => {
    seen = given;
  };
  await run({ create }, input);
  assert.deepEqual(seen?.conf, 18446744073709551616n);
  assert.deepEqual(seen?.spec.resources, { memory: { limit: 1n }, cpu: { shares: 18446744073709551615n } });
});

test("each state has its handler; invoke gets the others, and states that nobody knows", async () => {
  const plugin = Object.fromEntries(
    STATES.filter((state) => state !== "pause").map((state) => [state, () => ({ metadata: { by: state } })]),
  );
  const invoke = ({ state }: LegacyRequest) => ({ metadata: { by: `invoke for ${state}` } });
  const by = async (state: string, more = {}) =>
    JSON.parse((await run({ ...plugin, ...more }, request({ state }))).stdout).metadata?.by as string | undefined;
  for (const state of STATES) if (state !== "pause") assert.equal(await by(state, { invoke }), state);
  assert.equal(await by("pause", { invoke }), "invoke for pause");
  assert.equal(await by("odd", { invoke }), "invoke for odd");
  assert.equal(await by("constructor", { invoke }), "invoke for constructor");
  assert.equal(await by("pause"), undefined);
});

test("setup is create by another name", async () => {
  const create = ({ state }: LegacyRequest) => ({ metadata: { state } });
  assert.equal((await run({ create }, request({ state: "setup" }))).stdout, line({ metadata: { state: "create" } }));
});

test("an error is the whole result; one without a text gets one", async () => {
  const fails = (error: unknown) =>
    run(
      {
        create: async () => {
          throw error;
        },
      },
      request(),
    );
  assert.deepEqual(await fails(new Error("no <room>")), {
    status: 0,
    stdout: line({ error: "no <room>" }),
    stderr: "",
  });
  assert.equal((await fails("text")).stdout, line({ error: "text" }));
  assert.equal((await fails(new Error(""))).stdout, line({ error: "create failed without a text" }));
  const metadata = { k: 5 } as unknown as Record<string, string>;
  assert.equal(
    (await run({ create: () => ({ metadata }) }, request())).stdout,
    line({ error: "metadata.k: expected a string, got number" }),
  );
});

test("an answer may say more than metadata", async () => {
  const create = () => ({ plugin: "alias", error: "own text", metadata: { k: "v" } });
  assert.equal(
    (await run({ create }, request())).stdout,
    line({ plugin: "alias", error: "own text", metadata: { k: "v" } }),
  );
});

test("another argument is an error object, and none at all a word on stderr", async () => {
  assert.deepEqual(await run({}, request(), ["status"]), {
    status: 0,
    stdout: line({ error: "invalid arg status" }),
    stderr: "",
  });
  const none = await run({}, request(), []);
  assert.deepEqual([none.status, none.stdout], [2, ""]);
  assert.match(none.stderr, /^one: this is an NRI v0\.1\.0 plugin: it is started with the argument invoke/);
});

test("a request that is none gives status 1 and a text that names the place; nothing on stdout", async () => {
  const wrong = async (input: string, text: RegExp, limits = {}) => {
    const stderr = new PassThrough();
    const stdout = new PassThrough();
    const status = await runPlugin(
      { type: "one" },
      { args: ["invoke"], stdin: Readable.from([Buffer.from(input)]), stdout, stderr, limits },
    );
    assert.deepEqual([status, stdout.read()], [1, null]);
    assert.match(String(stderr.read()), text);
  };
  await wrong("", /^one: request:1:1: the document ends where a value was expected\n$/);
  await wrong("[]", /^one: expected an object, found a list\n$/);
  await wrong('{"id": 5}', /^one: id: expected a string, found the number 5\n$/);
  await wrong('{"pid": 1.5}', /^one: pid: expected an integer, found the number 1\.5\n$/);
  await wrong('{"spec": {"annotations": {"a": 1}}}', /^one: spec\.annotations\.a: expected a string/);
  await wrong(
    '{"spec": {"resources": {"cpu": {"shares": -1}}}}',
    /^one: spec\.resources:1:\d+: cpu\.shares: -1 is not/,
  );
  await wrong('{"results": [{"error": 5}]}', /^one: results\[0\]\.error: expected a string/);
  await wrong(request(), /^one: request: longer than 10 bytes\n$/, { maxRequestBytes: 10 });
});

test("a stdout that cannot be written to is told", async () => {
  const stderr = new PassThrough();
  const stdout = new Writable({ write: (_chunk, _encoding, done) => done(new Error("broken pipe")) });
  const stdin = Readable.from([Buffer.from(request())]);
  assert.equal(await runPlugin({ type: "one" }, { args: ["invoke"], stdin, stdout, stderr }), 1);
  assert.equal(String(stderr.read()), "one: unable to encode plugin error to stdout: broken pipe\n");
});

test("a plugin with a handler that does not exist is refused", async () => {
  await assert.rejects(runPlugin({ type: "one", setup: () => undefined } as LegacyPlugin, { args: [] }), {
    code: "invalid-option",
    message: "setup: there is no such state; there are create, delete, update, pause, resume",
  });
  await assert.rejects(runPlugin({ type: "one", create: "x" } as unknown as LegacyPlugin, { args: [] }), {
    message: "create: expected a function",
  });
});
