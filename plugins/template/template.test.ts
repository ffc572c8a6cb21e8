// The template as a program on a node without an engine: what it says, and that it changes nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertUnchanged, assertUpdates, fakeNode, pod } from "@nri/testing";

const program = new URL("./template.js", import.meta.url);
const template = { program, index: "10" };
/** Programs may take their time on a busy machine. */
const patient = { registrationTimeoutMs: 20_000, requestTimeoutMs: 10_000 };

test("the template tells of each step of a life, and changes nothing", async () => {
  await using node = await fakeNode({
    plugins: [{ ...template, config: "cfgParam1: a value" }],
    ...patient,
  });
  const web = await node.play(pod("web").container("app"), { update: { memory: "64Mi" } });
  assertUnchanged(web.container("app"));
  assertUpdates(web.container("app"), []);
  await node.close();
  const told = node.plugin("template").log.flatMap((line) => /^INFO +(.*)\.\.\.$/.exec(line)?.[1] ?? []);
  assert.deepEqual(told.slice(told.indexOf('Got configuration data cfgParam1="a value"')), [
    'Got configuration data cfgParam1="a value"',
    "Started plugin template",
    "Synchronized state with the runtime (0 pods, 0 containers)",
    "Started pod default/web",
    "Creating container default/web/app",
    "Created container default/web/app",
    "Starting container default/web/app",
    "Started container default/web/app",
    "Updating container default/web/app",
    "Updated container default/web/app",
    "Stopped container default/web/app",
    "Removed container default/web/app",
    "Stopped pod default/web",
    "Removed pod default/web",
    "Runtime shuts down plugin template",
    "Runtime shutting down",
  ]);
});

test("a configuration that does not parse is a plugin that does not join", async () => {
  await assert.rejects(fakeNode({ plugins: [{ ...template, config: "cfgParam1: [" }], ...patient }), {
    code: "plugin-failed",
    message: /"10-template": .*failed to parse configuration: /,
  });
});
