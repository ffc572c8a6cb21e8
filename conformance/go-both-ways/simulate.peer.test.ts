// `nri simulate` with plugins on the Go stub: started by it like installed ones, and connecting from outside.

import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { repositoryDir } from "../paths.js";
import { Child } from "../peers/child.js";
import { goPeers } from "../peers/go-peers.js";
import { type Recorded, RefPlugin } from "../peers/refplugin.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { UNDISTURBED_LIFE } from "../undisturbed-life.js";

const go = await goPeers();
const skip = skipUnless(go);

const POD =
  "{ apiVersion: v1, kind: Pod, metadata: { name: web }, spec: { containers: [{ name: main, image: busybox }] } }";

/** What these tests look at in the document of `-o json`. */
interface Document {
  readonly ok: boolean;
  readonly plugins: readonly { readonly name: string; readonly kind: string }[];
  readonly pods: readonly {
    readonly containers: readonly {
      readonly conflicts: readonly { readonly plugins: readonly string[] }[];
      readonly spec: { readonly process: { readonly env: readonly string[] } };
    }[];
  }[];
}

function simulate(dir: string, args: readonly string[]): Child {
  const pod = join(dir, "pod.yaml");
  writeFileSync(pod, POD);
  return new Child(process.execPath, [join(repositoryDir, "packages/cli/bin/nri.js"), "simulate", pod, ...args]);
}

/** A program of a folder that becomes the Go plugin; it is told by its environment who it is. */
function installed(
  dir: string,
  name: string,
  binary: string,
  mode = "adjust",
): { readonly file: string; calls(): Recorded[] } {
  const file = join(dir, name);
  const record = `${file}.record`;
  writeFileSync(file, `#!/bin/sh\nexec '${binary}' -mode ${mode} -record '${record}'\n`);
  chmodSync(file, 0o755);
  return {
    file,
    calls: () => {
      const lines = readFileSync(record, "utf8").split("\n").slice(0, -1);
      return lines.map((line) => JSON.parse(line) as Recorded);
    },
  };
}

async function result(child: Child): Promise<{ code: number | string; document: Document }> {
  const code = await child.exited;
  return { code, document: JSON.parse(child.stdout.join("\n")) as Document };
}

test("a Go plugin that simulate starts sees the whole life of a pod, and its changes come out", { skip }, async () => {
  using at = new TestFolder();
  const plugin = installed(at.dir, "10-go", use(go).refplugin);
  const { code, document } = await result(simulate(at.dir, ["--plugin", plugin.file, "-o", "json"]));
  assert.equal(code, 0);
  assert.deepEqual(
    document.plugins.map(({ name, kind }) => [name, kind]),
    [["10-go", "launched"]],
  );
  const calls = plugin.calls().map(({ method }) => method);
  assert.deepEqual(calls.slice(0, 3 + UNDISTURBED_LIFE.length), [
    "Configure",
    "Synchronize",
    ...UNDISTURBED_LIFE,
    "Shutdown",
  ]);
  const { env } = document.pods[0]?.containers[0]?.spec.process ?? { env: [] };
  assert.ok(env.includes("REFPLUGIN_10_A=value-a"), env.join(" "));
});

test("two Go plugins in conflict refuse the container, and both are named", { skip }, async () => {
  using at = new TestFolder();
  const files = ["10-go", "20-go"].map((name) => installed(at.dir, name, use(go).refplugin, "adjust -shares").file);
  const child = simulate(at.dir, [...files.flatMap((file) => ["--plugin", file]), "-o", "json"]);
  const { code, document } = await result(child);
  assert.equal(code, 1);
  assert.equal(document.ok, false);
  const conflicts = document.pods[0]?.containers[0]?.conflicts ?? [];
  assert.deepEqual([...(conflicts[0]?.plugins ?? [])].sort(), ["10-go", "20-go"]);
  assert.match(child.stderr.join("\n"), /plugins "20-go" and "10-go" both tried to set CPUShares/);
});

test("a Go plugin that connects from outside is asked beside one that is started", { skip }, async () => {
  using at = new TestFolder();
  const { refplugin } = use(go);
  const inside = installed(at.dir, "10-inside", refplugin);
  const args = ["--plugin", inside.file, "--socket", at.socket, "--wait", "1", "-o", "json"];
  await using child = simulate(at.dir, args);
  while (!existsSync(at.socket)) {
    assert.ok(child.running, child.stderr.join("\n"));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const outside = { binary: refplugin, socket: at.socket, index: "30", name: "outside", dir: at.dir };
  await using plugin = new RefPlugin({ ...outside, mode: "adjust" });
  const { code, document } = await result(child);
  assert.equal(code, 0, child.stderr.join("\n"));
  assert.deepEqual(
    document.plugins.map(({ name, kind }) => [name, kind]),
    [
      ["10-inside", "launched"],
      ["30-outside", "external"],
    ],
  );
  const seen = plugin.calls().map(({ method }) => method);
  assert.deepEqual(seen.slice(0, 2 + UNDISTURBED_LIFE.length), ["Configure", "Synchronize", ...UNDISTURBED_LIFE]);
  const { env } = document.pods[0]?.containers[0]?.spec.process ?? { env: [] };
  for (const entry of ["REFPLUGIN_10_A=value-a", "REFPLUGIN_30_A=value-a"])
    assert.ok(env.includes(entry), env.join(" "));
});
