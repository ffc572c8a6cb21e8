// Measuring with either side replaced: the matrix runs, and the result line has what the Go program's has.
import assert from "node:assert/strict";
import { dirname } from "node:path";
import test from "node:test";
import { nriProgram, repositoryDir } from "../paths.js";
import { output } from "../peers/child.js";
import { goPeers } from "../peers/go-peers.js";
import type { JsonObject } from "../peers/json.js";
import { program, skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { pluginCommand, runtimeCommand } from "./programs.js";

const go = await goPeers();
const python = program("python3");
const skip = skipUnless(go, python);

const NRI = `${process.execPath} ${nriProgram}`;
const PLUGIN = ["--plugin", `${NRI} plugin -idx {idx} -name {name} -socket {socket} -mode MODE`];
const RUNTIME = ["--runtime", `${NRI} runtime`];
const WAYS: readonly { readonly what: string; readonly options: readonly string[] }[] = [
  { what: "our plugin in the Go runtime", options: PLUGIN },
  { what: "a Go plugin in our runtime", options: RUNTIME },
  { what: "ours on both ends", options: [...PLUGIN, ...RUNTIME] },
];
for (const { what, options } of WAYS) {
  test(`the measurement matrix runs with ${what}`, { skip }, async () => {
    using folder = new TestFolder();
    const file = `${folder.dir}/results.jsonl`;
    const given = ["--bin", dirname(use(go).refruntime), "--runs", "1", "--only", "^create/1/noop/c1$", "--out", file];
    const matrix = `${repositoryDir}bench/matrix/run.py`;
    const table = await output(use(python), [matrix, ...given, ...options]);
    assert.match(table, /^create\/1\/noop\/c1 +1 +\d+ /m);
  });
}

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
