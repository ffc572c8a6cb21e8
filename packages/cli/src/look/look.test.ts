// nri plugins, ps, events and explain against a socket that answers as docs/control-api.md says.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Folder, nri, type RunOptions, TOP } from "../lab.fixture.js";

const PAGE = readFileSync(join(TOP, "docs/control-api.md"), "utf8");

/** The page's example of a path. */
function example(path: string): string {
  const found = PAGE.split(`\`GET ${path}\`\n\n\`\`\`json\n`)[1]?.split("\n```")[0];
  assert.ok(found !== undefined, path);
  return `${found}\n`;
}

/** A daemon's control socket; `others` answers what the page has no example for. */
async function daemon(t: TestContext, others: (url: string, response: ServerResponse) => void = notFound) {
  const folder = new Folder();
  const control = join(folder.path, "control.sock");
  const server = createServer(({ url = "" }, response) => {
    if (PAGE.includes(`\`GET ${url}\``)) response.end(example(url));
    else others(url, response);
  }).listen(control);
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
    folder[Symbol.dispose]();
  });
  return (args: readonly string[], options?: RunOptions) => nri([...args, "--control", control], options);
}

function notFound(url: string, response: ServerResponse): void {
  response.statusCode = 404;
  response.end(JSON.stringify({ error: `no container "${url.slice("/v1/explain/".length)}" is known` }));
}

test("nri plugins: who is there, and what each has done", async (t) => {
  const run = await daemon(t);
  const { code, stdout } = await run(["plugins"]);
  assert.equal(code, 0);
  const [head, validator, fuse] = stdout.split("\n");
  assert.match(head ?? "", /^PLUGIN +KIND +STATE +PID +EVENTS +CALLS +FAILED +ADJUSTED$/);
  assert.match(validator ?? "", /^00-default-validator +builtin +active +- +1 /);
  assert.match(fuse ?? "", /^10-fuse +external +active +- +1 +\d+ +0 +2$/);
  assert.equal((await run(["plugins", "--json"])).stdout, example("/v1/plugins"));
});

test("nri ps: domain, pod, container, state, and who adjusted it", async (t) => {
  const run = await daemon(t);
  const { code, stdout } = await run(["ps"]);
  assert.equal(code, 0);
  const [head, row] = stdout.split("\n");
  assert.equal(head, "DOMAIN  POD          ID  NAME        STATE    ADJUSTED BY");
  assert.equal(row, "d       d/pod-of-c1  c1  name-of-c1  created  10-fuse");
  assert.ok((await run(["ps", "--color=always"])).stdout.startsWith("\u001b[1mDOMAIN"));
});

test("nri events: one line each, with who was asked and why it failed", async (t) => {
  const run = await daemon(t);
  const { code, stdout } = await run(["events", "--after", "6"]);
  assert.equal(code, 0);
  const lines = stdout.trimEnd().split("\n");
  assert.match(
    lines[0] ?? "",
    /^ +7 {2}17:00:00\.000 {2}CreateContainer failed +d\/c2 \(name-of-c2\) {2}10-fuse, 00-default-validator \(rejected\) {2}1\.5 ms {2}validator /,
  );
  assert.match(
    lines.at(-1) ?? "",
    /^ +12 {2}17:00:00\.000 {2}CreateContainer refused +d\/c2 \(name-of-c2\) {2}NRI CreateContainer of /,
  );
  assert.equal((await run(["events", "--after", "6", "--json"])).stdout, example("/v1/events?after=6"));
});

test("nri events --follow: as they come, until the user ends it; what was lost is counted", async (t) => {
  const { events } = JSON.parse(example("/v1/events?after=6")) as { readonly events: readonly object[] };
  const lines = [{ kind: "lost", count: 6 }, ...events].map((event) => JSON.stringify(event));
  const asked: string[] = [];
  const ended = new AbortController();
  const run = await daemon(t, (url, response) => {
    asked.push(url);
    response.write(`${lines.join("\n")}\n`);
    setTimeout(() => ended.abort(), 50);
  });
  const json = await run(["events", "--follow", "--json"], { signal: ended.signal });
  assert.deepEqual([json.code, json.stdout], [0, `${lines.join("\n")}\n`]);
  assert.deepEqual(asked, ["/v1/events?follow=true"]);
});

test("nri events --follow: let go, or left by the daemon, it fails and says so", async (t) => {
  const dropped = JSON.stringify({ kind: "dropped", text: "too slow" });
  const run = await daemon(t, (url, response) => {
    if (url.includes("after=now")) response.end(`${dropped}\n`);
    else {
      response.flushHeaders();
      setTimeout(() => response.socket?.destroy(), 20);
    }
  });
  const slow = await run(["events", "--follow", "--after", "now"]);
  assert.deepEqual([slow.code, slow.stdout], [1, ""]);
  assert.match(slow.stderr, /^nri: the daemon has let us go: too slow\n$/);
  const left = await run(["events", "--follow"]);
  assert.equal(left.code, 1);
  assert.match(left.stderr, /control\.sock: the daemon has ended\n$/);
});

test("nri explain: who, what, from what to what", async (t) => {
  const run = await daemon(t);
  const { code, stdout } = await run(["explain", "c1"]);
  assert.equal(code, 0);
  assert.equal(
    stdout,
    [
      "name-of-c1 · d/c1 · pod d/pod-of-c1 · created",
      "  10-fuse               + env  FUSE=1",
      "  00-default-validator  saw 1 event",
      "  created with 1 change by 1 plugin in 3.0 ms",
      "",
    ].join("\n"),
  );
  assert.equal((await run(["explain", "c1", "--json"])).stdout, example("/v1/explain/c1"));
  const diff = await run(["explain", "c1", "-o", "diff"]);
  assert.match(diff.stdout, /^--- d\/name-of-c1\/config\.json {2}from the engine\n/);
  assert.match(diff.stdout, /^\+ +"FUSE=1" {3}# 10-fuse$/m);
  const specs = await Promise.all(
    ["spec", "original"].map(
      async (format) =>
        JSON.parse((await run(["explain", "c1", "-o", format])).stdout) as { process: { env: string[] } },
    ),
  );
  assert.deepEqual(
    specs.map(({ process }) => process.env),
    [["PATH=/bin", "FUSE=1"], ["PATH=/bin"]],
  );
});

test("what nobody knows, and a daemon that is not there, are failures; wrong use is told as such", async (t) => {
  const run = await daemon(t);
  const unknown = await run(["explain", "zz"]);
  assert.deepEqual([unknown.code, unknown.stdout], [1, ""]);
  assert.match(unknown.stderr, /: no container "zz" is known\n$/);
  for (const command of [["plugins"], ["ps"], ["events"], ["events", "--follow"], ["explain", "c1"]]) {
    const { code, stderr } = await nri([...command, "--control", "/nonexistent/control.sock"]);
    assert.deepEqual([code, stderr], [1, "nri: no daemon listens at /nonexistent/control.sock: does nri serve run?\n"]);
  }
  for (const [args, problem] of [
    [["explain"], /no ID given; see nri explain --help/],
    [["explain", "a", "b"], /unexpected "b"/],
    [["explain", "a", "-o", "xml"], /-o "xml": must be one of text, diff, spec, original, json/],
    [["explain", "a", "--json", "-o", "spec"], /--json and -o spec exclude each other/],
    [["events", "--after", "x"], /--after "x": must be the number of an event, or now/],
    [["ps", "--color", "red"], /--color "red": must be one of auto, always, never/],
    [["plugins", "--jsn"], /unknown option "--jsn", did you mean --json\?/],
  ] as const) {
    const { code, stderr } = await nri(args);
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, problem);
  }
  for (const command of ["plugins", "ps", "events", "explain"]) {
    const { code, stdout } = await nri([command, "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /^Usage: nri .*\n[\s\S]*Example:\n {2}nri /);
  }
});
