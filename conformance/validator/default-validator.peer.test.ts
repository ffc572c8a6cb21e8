// The default validator against the reference's: the same Go plugins, the same containers and annotations, in the Go runtime
// and in ours with `compat: "reference"`, must give the same error texts; what else our own mode says is listed.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createAdaptation } from "@nri/adaptation";
import { defaultValidator, readValidatorOptions } from "@nri/adaptation/validator";
import { CreateContainerRequest } from "@nri/protocol";
import { fromJson } from "@nri/protocol/json";
import { parse } from "yaml";
import { goPeers } from "../peers/go-peers.js";
import type { JsonObject } from "../peers/json.js";
import { RefPlugin, type Script } from "../peers/refplugin.js";
import { RefRuntime } from "../peers/refruntime.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { CASES, OPTIONS, type ValidatorCase } from "./cases.js";

const peers = await goPeers();
const folder = new TestFolder();
const { dir } = folder;
after(() => folder[Symbol.dispose]());

/** Error texts by case; undefined where the container was created. */
type Outcomes = (string | undefined)[];
const theirs = new Map<string, Outcomes>();
const ours = new Map<string, Outcomes>();

before(async () => {
  if ("missing" in peers) {
    return;
  }
  for (const [i, name] of Object.keys(OPTIONS).entries()) {
    theirs.set(name, await inGo(name, join(dir, `go-${i}.sock`)));
    ours.set(name, await inOurs(name, join(dir, `ours-${i}.sock`)));
  }
});

function request({ annotations = {}, profile }: ValidatorCase, i: number): JsonObject {
  const name = `c${i}`;
  const entries = Object.entries(annotations).map(([key, value]) => [key.replace("NAME", name), value]);
  return {
    pod: { id: "p", name: "pod", namespace: "default", annotations: Object.fromEntries(entries) },
    container: { id: name, name, podSandboxId: "p", linux: profile === undefined ? {} : { seccompProfile: profile } },
  };
}

/** Both Go plugins on a socket, until `work` is done. */
async function withPlugins<T>(socket: string, work: () => Promise<T>): Promise<T> {
  const { refplugin } = use(peers);
  const start = (index: string, name: string, side: "first" | "second"): RefPlugin => {
    const create = Object.fromEntries(
      CASES.map((one, i) => [`c${i}`, one[side] === undefined ? {} : { adjust: one[side] }]),
    );
    return new RefPlugin({ binary: refplugin, socket, index, name, dir, script: { create } satisfies Script });
  };
  await using _first = start("10", "a", "first");
  await using _second = start("20", "b", "second");
  return await work();
}

async function inGo(name: string, socket: string): Promise<Outcomes> {
  const args = ["-validator", JSON.stringify(OPTIONS[name])];
  await using runtime = await RefRuntime.start({ binary: use(peers).refruntime, socket, args });
  return await withPlugins(socket, async () => {
    await runtime.waitForPlugins(name === "off" ? 2 : 3);
    const outcomes: Outcomes = [];
    for (const [i, one] of CASES.entries()) {
      outcomes.push((await runtime.try("CreateContainer", request(one, i))).error);
    }
    return outcomes;
  });
}

async function inOurs(name: string, socketPath: string): Promise<Outcomes> {
  const options = readValidatorOptions(OPTIONS[name], "options");
  await using adaptation = createAdaptation({
    runtime: { name: "ours", version: "v0.0.1" },
    synchronize: async (sync) => void (await sync([], [])),
    updateContainers: async () => [],
    socketPath,
    compat: "reference",
    builtins: [defaultValidator({ ...options, parseYaml: parse })],
  });
  await adaptation.start();
  return await withPlugins(socketPath, async () => {
    await adaptation.waitForPlugins(2, { kind: "external", timeoutMs: 15_000 });
    const outcomes: Outcomes = [];
    for (const [i, one] of CASES.entries()) {
      const error = await adaptation.createContainer(fromJson(CreateContainerRequest, request(one, i))).then(
        () => undefined,
        (thrown: Error) => thrown.message,
      );
      outcomes.push(error);
    }
    return outcomes;
  });
}

for (const name of Object.keys(OPTIONS)) {
  test(`with the options "${name}" the validator says what the reference says`, { skip: skipUnless(peers) }, () => {
    const [a = [], b = []] = [theirs.get(name), ours.get(name)];
    assert.equal(a.length, CASES.length);
    for (const [i, { name: title, syntax }] of CASES.entries()) {
      const shown = (text: string | undefined): string | undefined =>
        syntax ? text?.replace(/: yaml: .*$/s, ": yaml: ...") : text;
      assert.equal(shown(b[i]), shown(a[i]), title);
    }
  });
}

test("the cases refuse for each reason, and let others pass", { skip: skipUnless(peers) }, () => {
  const texts = [...theirs.values()].flat();
  for (const reason of [
    "OCI hook",
    "unconfined",
    "runtime default",
    "custom",
    "namespace",
    "sysctl",
    "ParseBool",
    "yaml",
  ]) {
    assert.ok(
      texts.some((text) => text?.includes(reason)),
      reason,
    );
  }
  assert.ok(texts.filter((text) => text === undefined).length > CASES.length);
});
