// The control socket as docs/control-api.md and schemas/control.json have it: each answer fits, each example is one.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { adjustment } from "@nri/plugin";
import type { ContainerAdjustment } from "@nri/protocol";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { JournalEvent } from "../journal/event.js";
import { LIMITS } from "../limits.js";
import { askControl, askControlText, followControl } from "./ask-control.js";
import { type DaemonLab, startDaemon } from "./lab.fixture.js";

const top = new URL("../../../../", import.meta.url);
const schema = JSON.parse(readFileSync(new URL("schemas/control.json", top), "utf8")) as object;
const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, formats: { "date-time": true } });
ajv.addSchema(schema, "control");

function assertFits(document: unknown, name: string): void {
  const validate = ajv.getSchema(`control#/$defs/${name}`);
  assert.ok(validate !== undefined, name);
  assert.ok(
    validate(document),
    `${name}: ${JSON.stringify(validate.errors, null, 2)}\n${JSON.stringify(document, null, 2)}`,
  );
}

/** A daemon with a plugin, a validator, a container that runs and one that was refused. */
async function stage(t: TestContext): Promise<{ readonly lab: DaemonLab; readonly socket: string }> {
  const lab = await startDaemon({ validator: "enable = true\nreject_oci_hook_adjustment = true" });
  t.after(() => lab[Symbol.asyncDispose]());
  let hooks = false;
  await lab.join({
    index: "10",
    name: "fuse",
    createContainer: () => {
      const adjust = adjustment().env("FUSE", "1");
      if (hooks) adjust.hooks({ poststop: [{ path: "/bin/true" }] });
      return { adjust: adjust.draft() as ContainerAdjustment };
    },
  });
  await lab.create({ runs: true });
  hooks = true;
  assert.match((await lab.create()).refusal ?? "", /restricted OCI hook injection/);
  return { lab, socket: lab.path("control", "sock") };
}

/** Another limit, for one test. */
function lowered<Name extends string>(
  t: TestContext,
  limits: { readonly [name in Name]: number },
  name: Name,
  to: number,
): void {
  const before = limits[name];
  const set = (value: number): void => void Object.assign(limits, { [name]: value });
  set(to);
  t.after(() => set(before));
}

/** What is another one each time, as the page has it. */
function asOnPage(document: unknown): string {
  return JSON.stringify(
    document,
    (key, value: unknown) => {
      if (key === "ms") return 1.5;
      if (key === "micros") return 1500;
      return typeof value === "string"
        ? value.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/, "2026-11-27T17:00:00.000Z")
        : value;
    },
    2,
  );
}

const EXAMPLES = [
  ["/v1/plugins", "plugins"],
  ["/v1/pods", "pods"],
  ["/v1/containers", "containers"],
  ["/v1/events?after=6", "events"],
  ["/v1/explain/c1", "explanation"],
] as const;

test("each path answers as the schema says, and as its example on docs/control-api.md", async (t) => {
  const { socket } = await stage(t);
  const page = readFileSync(new URL("docs/control-api.md", top), "utf8");
  for (const [path, name] of EXAMPLES) {
    const document = await askControl(socket, path);
    assertFits(document, name);
    const example = `\`GET ${path}\`\n\n\`\`\`json\n${asOnPage(document)}\n\`\`\``;
    assert.ok(page.includes(example), `docs/control-api.md must have\n\n${example}\n`);
  }
  assertFits(await askControl(socket, "/v1/info"), "info");
  assertFits(await askControl(socket, "/v1/explain/c2"), "explanation");
});

test("every number for Prometheus is on docs/metrics.md, with its labels", async (t) => {
  const { socket } = await stage(t);
  const page = readFileSync(new URL("docs/metrics.md", top), "utf8");
  const text = (await askControlText(socket, "/metrics")) ?? "";
  const names = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name = ""]) => name);
  assert.ok(names.length > 15);
  for (const name of names) assert.ok(page.includes(`\`${name}\``), name);
  for (const [, name = "", labels = ""] of text.matchAll(
    /^(nri_bridge_[a-z_]+?)(?:_bucket|_sum|_count)?\{([^}]*)\}/gm,
  )) {
    const row = page.split("\n").find((line) => line.startsWith(`| \`${name}\``)) ?? "";
    for (const [, label = ""] of labels.matchAll(/(\w+)="/g))
      if (label !== "le") assert.ok(row.includes(`\`${label}\``), row);
  }
});

test("what is not there, or not known, is an error that fits the schema", async (t) => {
  const { socket } = await stage(t);
  for (const [path, problem] of [
    ["/v1/explain/none", /no container "none" is known/],
    ["/v1/explain/c", /"c" fits several containers/],
    ["/v1/explain/%zz", /no such path/],
    ["/v1/explain/", /no such path/],
    ["/v1/events?after=x", /after=x: must be the number of an event, or now/],
    ["/v2/info", /no such path: \/v2\/info/],
  ] as const) {
    await assert.rejects(askControl(socket, path), problem, path);
  }
  const client = connect(socket);
  client.end("GET /v1/explain/none HTTP/1.1\r\nHost: x\r\n\r\n");
  let text = "";
  client.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await once(client, "close");
  assert.match(text, /^HTTP\/1\.1 404 /);
  assertFits(JSON.parse(text.slice(text.indexOf("{"))), "error");
});

test("who follows gets what there is and what comes, without a gap", async (t) => {
  const { lab, socket } = await stage(t);
  const ended = new AbortController();
  const lines = await followControl(socket, "/v1/events?follow=true&after=2", ended.signal);
  assert.ok(lines !== undefined);
  await lab.create();
  const seen: JournalEvent[] = [];
  for await (const line of lines) {
    const event = JSON.parse(line) as JournalEvent;
    assertFits(event, "line");
    seen.push(event);
    if (event.kind === "refusal" && event.container === "c3") ended.abort();
  }
  assert.deepEqual(
    seen.map(({ seq }) => seq),
    seen.map((_, at) => at + 3),
  );
});

test("a number of an earlier life of the daemon hides no event of this one", async (t) => {
  const { socket } = await stage(t);
  const all = (await askControl(socket, "/v1/events")) as { readonly events: readonly unknown[] };
  const after = (await askControl(socket, "/v1/events?after=100000")) as { readonly events: readonly unknown[] };
  assert.ok(all.events.length > 0);
  assert.deepEqual(after.events, all.events);
});

test("what is not kept any more is counted, for who follows and who does not", async (t) => {
  lowered(t, LIMITS.journal, "maxEvents", 4);
  const { socket } = await stage(t);
  const { last, lost, events } = (await askControl(socket, "/v1/events")) as {
    readonly last: number;
    readonly lost: number;
    readonly events: readonly JournalEvent[];
  };
  assert.deepEqual([events.length, lost], [4, last - 4]);
  const ended = new AbortController();
  const lines = await followControl(socket, "/v1/events?follow=true", ended.signal);
  for await (const line of lines ?? []) {
    assertFits(JSON.parse(line), "line");
    assert.deepEqual(JSON.parse(line), { kind: "lost", count: last - 4 });
    break;
  }
});
