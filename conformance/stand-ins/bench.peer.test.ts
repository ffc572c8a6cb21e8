// Measuring with either side replaced: the benchmark runs, and the result line has what the Go program's has.
import assert from "node:assert/strict";
import test from "node:test";
import { repositoryDir } from "../paths.js";
import { output } from "../peers/child.js";
import { goPeers } from "../peers/go-peers.js";
import type { JsonObject } from "../peers/json.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { pluginCommand, runtimeCommand } from "./programs.js";

const go = await goPeers();
const skip = skipUnless(go);

test("the benchmark runs with another plugin and another runtime in place of ours", { skip }, async () => {
  const { refplugin, refruntime } = use(go);
  // the programs that take our place are Go's, under a name of their own and under ours
  const programs = ["--plugin", `other=${refplugin}`, "--runtime", refruntime, "--sides", "ts-ts,other-ts,go-go"];
  const bench = [`${repositoryDir}bench/dist/main.js`, "--only", "free/create/1/noop", "--runs", "1", "--json"];
  const { cases } = JSON.parse(await output(process.execPath, [...bench, ...programs])) as {
    readonly cases: readonly { readonly case: string; readonly sides: JsonObject; readonly ratio: JsonObject }[];
  };
  assert.deepEqual(
    cases.map((one) => one.case),
    ["create/1/noop"],
  );
  assert.deepEqual(Object.keys(cases[0]?.sides ?? {}), ["ts-ts", "other-ts", "go-go"]);
  assert.deepEqual(Object.keys(cases[0]?.ratio ?? {}), ["ts-ts", "other-ts"]);
});

/** Names that only a Go process can know. */
const ONLY_GO = ["go", "gomaxprocs", "allocs_per_req", "alloc_bytes_per_req"];
const KINDS: readonly (readonly string[])[] = [
  ["create", "-spawn", "1", "-k", "20", "-warm", "5"],
  ["create", "-spawn", "1", "-k", "20", "-warm", "0", "-rest", "10ms", "-pace", "1ms", "-mark", "5"],
  ["event", "-spawn", "2", "-k", "20", "-warm", "5", "-c", "4"],
  ["sync", "-spawn", "1", "-sync-pods", "3", "-sync-ctrs", "5", "-lean"],
  ["joining", "-spawn", "1", "-sync-pods", "3", "-sync-ctrs", "5", "-k", "20", "-warm", "5"],
  ["start", "-spawn", "2"],
  ["codec", "-k", "100"],
];
for (const [kind = "", ...options] of KINDS) {
  test(`the result line of -bench ${[kind, ...options].join(" ")} has the names of the Go program's`, {
    skip,
  }, async () => {
    const peers = use(go);
    const lineOf = async (language: "go" | "ts"): Promise<JsonObject> => {
      using folder = new TestFolder();
      const plugin = [...pluginCommand("go", peers), "-idx", "{idx}", "-name", "{name}", "-socket", "{socket}"].join(
        " ",
      );
      const [runtime = "", ...first] = runtimeCommand(language, peers);
      const given = ["-socket", folder.socket, "-bench", kind, "-label", "x", ...options, "-spawn-cmd", plugin];
      if (kind === "joining") given.push("-join-cmd", plugin);
      return JSON.parse(await output(runtime, [...first, ...given])) as JsonObject;
    };
    const [theirs, ours] = [await lineOf("go"), await lineOf("ts")];
    const names = Object.keys(theirs).filter((name) => !ONLY_GO.includes(name));
    assert.deepEqual(
      Object.keys(ours).filter((name) => name !== "node"),
      names,
    );
    for (const name of names) assert.equal(typeof ours[name], typeof theirs[name], name);
    for (const name of ["label", "bench", "plugins", "c", "k", "req_bytes", "pods", "containers", "ctr_bytes"]) {
      assert.deepEqual(ours[name], theirs[name], name);
    }
  });
}

test("the request that is measured is the same to the byte", { skip }, async () => {
  const peers = use(go);
  for (const options of [[], ["-lean"], ["-pad", "20000"]]) {
    const dump = async (language: "go" | "ts"): Promise<JsonObject> => {
      const [runtime = "", ...first] = runtimeCommand(language, peers);
      return JSON.parse(await output(runtime, [...first, "-bench", "dump", ...options])) as JsonObject;
    };
    assert.deepEqual(await dump("ts"), await dump("go"));
  }
});
