// Tests of typed configuration: sources and their order, faults by source and path, live reload.
import assert from "node:assert/strict";
import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { EVENTS } from "@nri/protocol";
import { z } from "zod";
import { definePlugin } from "../define.js";
import { lineLogger, silentLogger } from "../log.js";
import type { StartOptions } from "../preparation.js";
import { RawRuntime } from "../raw-runtime.fixture.js";
import { scratchFolder } from "../socket-runtime.fixture.js";
import type { ConfigurationSource } from "./configuration.js";
import type { StandardSchema } from "./standard-schema.js";

const schema = z.object({
  cpus: z.object({ first: z.number().default(0), max: z.number().default(4) }).default({ first: 0, max: 4 }),
  label: z.string().default("none"),
  names: z.array(z.string()).default([]),
});
type Config = z.infer<typeof schema>;

interface Running extends AsyncDisposable {
  readonly runtime: RawRuntime;
  readonly seen: unknown[];
  readonly lines: string[];
  readonly now: () => Promise<Config>;
}

/** A plugin with configuration, configured by a raw runtime with `text`. */
async function running(
  source: Omit<ConfigurationSource<Config, z.input<typeof schema>>, "schema">,
  text = "",
  environment: StartOptions["environment"] = {},
  refuse: (config: Config) => boolean = () => false,
): Promise<Running> {
  const seen: unknown[] = [];
  const lines: string[] = [];
  let current: Config | undefined;
  const plugin = definePlugin({
    index: "10",
    name: "test",
    configuration: { schema, watchMs: 20, ...source },
    configure: ({ configuration }) => void seen.push(["configure", configuration]),
    reconfigured: ({ configuration, previous }) => {
      if (refuse(configuration)) throw new Error("not that one");
      seen.push(["reconfigured", configuration.label, previous.label]);
    },
    startContainer: ({ configuration }) => {
      current = configuration;
    },
  });
  const runtime = new RawRuntime();
  const log = lineLogger((line) => lines.push(line));
  const starting = plugin.start({ connection: runtime.connection, environment, log });
  starting.catch(() => undefined);
  await runtime.configure({ config: text });
  const session = await starting;
  return {
    runtime,
    seen,
    lines,
    now: async () => {
      await runtime.call("StartContainer", EVENTS.startContainer, {});
      assert.ok(current);
      return current;
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what}: not within 10 s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function file(context: TestContext, text?: string): Promise<string> {
  const path = join(await scratchFolder(context), "config.json");
  if (text !== undefined) await writeFile(path, text);
  return path;
}

test("file, then environment, then the runtime's text; objects member by member, lists replaced", async (context) => {
  const path = await file(context, '{"cpus":{"first":1,"max":2},"label":"file","names":["a","b"]}');
  const environment = { TEST_LABEL: "environment", TEST_NAMES: '["c"]' };
  const source = {
    file: path,
    environment: { label: "TEST_LABEL", names: { name: "TEST_NAMES", read: JSON.parse } },
  };
  await using all = await running(source, '{"cpus":{"max":9}}', environment);
  const expected = { cpus: { first: 1, max: 9 }, label: "environment", names: ["c"] };
  assert.deepEqual(all.seen, [["configure", expected]]);
  assert.deepEqual(await all.now(), expected);
  await using one = await running(source, '{"label":"runtime"}', {});
  assert.equal((await one.now()).label, "runtime");
});

test("without any source the schema's defaults hold; a missing or empty file says nothing", async (context) => {
  for (const path of [undefined, await file(context), await file(context, "  \n")]) {
    await using plugin = await running({ file: path });
    assert.deepEqual(await plugin.now(), { cpus: { first: 0, max: 4 }, label: "none", names: [] });
  }
});

test("a parser can be given", async () => {
  const parse = (text: string) => Object.fromEntries([text.split("=")]);
  await using plugin = await running({ parse }, "label=parsed");
  assert.equal((await plugin.now()).label, "parsed");
});

test("an invalid configuration is refused with source, path and reason; the runtime hears of it", async (context) => {
  const path = await file(context, '{"cpus":{"max":"many"},"label":"file"}');
  const quoted = JSON.stringify(path);
  const number = { environment: { label: { name: "TEST_LABEL", read: JSON.parse } } };
  for (const [source, text, environment, expected] of [
    [{ file: path }, "", {}, `file ${quoted}: cpus.max: Invalid input: expected number, received string`],
    [
      {},
      '{"names":["a",2]}',
      {},
      "the runtime's configuration: names.1: Invalid input: expected string, received number",
    ],
    [
      number,
      "",
      { TEST_LABEL: "7" },
      "environment variable TEST_LABEL: label: Invalid input: expected string, received number",
    ],
    [number, "", { TEST_LABEL: "{" }, /^environment variable TEST_LABEL: label: .*JSON/],
    [{ file: path }, '{"label":1}', {}, /^file .*: cpus\.max: .*; the runtime's configuration: label: /],
    [{}, "[]", {}, "the runtime's configuration: expected an object, got a list"],
    [{}, "{", {}, /^the runtime's configuration: .*JSON/],
    [{ file: "/" }, "", {}, 'file "/": is no file'],
  ] as const) {
    const prefix = 'plugin "10-test": invalid configuration: ';
    await assert.rejects(running(source, text, environment), (error: { rawMessage?: string }) => {
      const told = error.rawMessage ?? "";
      assert.ok(told.startsWith(prefix), told);
      if (typeof expected === "string") assert.equal(told.slice(prefix.length), expected);
      else assert.match(told.slice(prefix.length), expected);
      return true;
    });
  }
});

test("start fails with code invalid-configuration, also for what is missing and for too long a file", async (context) => {
  const strict = z.object({ node: z.string() });
  const path = await file(context, `{"node":"${"x".repeat(2000)}"}`);
  for (const [source, message] of [
    [{ schema: strict }, /invalid configuration: nothing configured: node: /],
    [{ schema: strict, file: path }, /: is longer than 1000 bytes$/],
  ] as const) {
    const runtime = new RawRuntime();
    const starting = definePlugin({
      index: "10",
      name: "x",
      configuration: source,
      startContainer: () => undefined,
    }).start({
      connection: runtime.connection,
      environment: {},
      log: silentLogger,
      limits: { maxConfigurationBytes: 1000 },
    });
    const failed = assert.rejects(starting, { code: "invalid-configuration", message });
    await assert.rejects(runtime.configure());
    await failed;
  }
});

test("keys such as __proto__ are keys like others", async () => {
  const names: string[] = [];
  const every: StandardSchema<Record<string, unknown>, Record<string, unknown>> = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: async (value) => {
        names.push(...Object.keys(value as object));
        return { value: value as Record<string, unknown> };
      },
    },
  };
  const runtime = new RawRuntime();
  const starting = definePlugin({
    index: "10",
    name: "x",
    configuration: { schema: every },
    startContainer: () => undefined,
  }).start({
    connection: runtime.connection,
    environment: {},
    log: silentLogger,
  });
  await runtime.configure({ config: '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}' });
  await (await starting).close();
  assert.deepEqual(names, ["__proto__", "constructor"]);
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});

test("a changed file is loaded: written in place, renamed over, linked elsewhere as ConfigMaps are", async (context) => {
  const folder = await scratchFolder(context);
  const write = async (version: string, label: string) => {
    await mkdir(join(folder, version));
    await writeFile(join(folder, version, "config.json"), JSON.stringify({ label }));
  };
  await write("..v1", "v1");
  await symlink("..v1", join(folder, "..data"));
  await symlink(join("..data", "config.json"), join(folder, "config.json"));
  await using plugin = await running({ file: join(folder, "config.json") });
  const becomes = (label: string) => until(label, async () => (await plugin.now()).label === label);

  await write("..v2", "v2");
  await symlink("..v2", join(folder, "..data.new"));
  await rename(join(folder, "..data.new"), join(folder, "..data"));
  await rm(join(folder, "..v1"), { recursive: true });
  await becomes("v2");
  await writeFile(join(folder, "..v2", "config.json"), '{"label":"in place"}');
  await becomes("in place");
  await writeFile(join(folder, "new.json"), '{"label":"renamed"}');
  await rename(join(folder, "new.json"), join(folder, "config.json"));
  await becomes("renamed");
  assert.deepEqual(plugin.seen.slice(1), [
    ["reconfigured", "v2", "v1"],
    ["reconfigured", "in place", "v2"],
    ["reconfigured", "renamed", "in place"],
  ]);
});

test("an invalid or vanished file, and one that the handler refuses, leave the old configuration, with a warning", async (context) => {
  const path = await file(context, '{"label":"good"}');
  await using plugin = await running({ file: path }, "", {}, ({ label }) => label === "bad");
  const warned = (text: string) =>
    until(text, () => plugin.lines.some((line) => line.startsWith("WARN") && line.includes(text)));
  await writeFile(path, '{"label":5}');
  await warned("the old configuration stays, the new one is refused");
  await writeFile(path, '{"label":"bad"}');
  await warned("not that one");
  await rm(path);
  await warned("is gone");
  assert.equal((await plugin.now()).label, "good");
  await writeFile(path, '{"label":"better"}');
  await until("better", async () => (await plugin.now()).label === "better");
  assert.deepEqual(plugin.seen.slice(1), [["reconfigured", "better", "good"]]);
});

test("a later Configure is checked again: the handler hears of a change, an invalid one keeps the old", async () => {
  await using plugin = await running({}, '{"label":"first"}');
  await plugin.runtime.configure({ config: '{"label":"second"}' });
  assert.equal((await plugin.now()).label, "second");
  await plugin.runtime.configure({ config: '{"label":"second"}' });
  await plugin.runtime.configure({ config: '{"label":3}' });
  assert.equal((await plugin.now()).label, "second");
  assert.deepEqual(
    plugin.seen.map((entry) => (entry as unknown[])[0]),
    ["configure", "reconfigured", "configure", "configure", "configure"],
  );
  assert.ok(plugin.lines.some((line) => line.startsWith("WARN  Configure: the old configuration stays")));
});

test("what cannot be a configuration is refused when the plugin is defined", () => {
  const handlers = { startContainer: () => undefined };
  assert.throws(() => definePlugin({ ...handlers, configuration: { schema: {} } } as never), {
    code: "invalid-definition",
    message: /Standard Schema/,
  });
  assert.throws(() => definePlugin({ ...handlers, reconfigured: () => undefined }), { code: "invalid-definition" });
});
