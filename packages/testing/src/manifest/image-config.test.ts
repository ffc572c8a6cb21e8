// What a known image says of its containers, below what the manifest says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readDocuments } from "../input/read.js";
import type { ImageConfig } from "./image.js";
import { manifestToPods } from "./manifest.js";

const IMAGE: ImageConfig = {
  entrypoint: ["/entry"],
  cmd: ["cmd"],
  env: ["PATH=/image", "LANG=C", "NO_VALUE"],
  workingDir: "/work",
  user: { uid: 7, gid: 8 },
};

function process(container: string, image: ImageConfig = IMAGE) {
  const text = `{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: known, ${container}}]}}`;
  const images = (name: string) => (name === "docker.io/library/known:latest" ? image : undefined);
  const { pods } = manifestToPods(readDocuments(text, "p.yaml"), { images });
  const [container0] = pods[0]?.containers ?? [];
  assert.ok(container0?.spec.process);
  const { args, env, cwd, user } = container0.spec.process;
  return { args, env, cwd, user: [user?.uid, user?.gid], notes: container0.notes };
}

test("command, variables, folder and user are the image's where the manifest says none", () => {
  const { args, env, cwd, user, notes } = process("");
  assert.deepEqual(args, ["/entry", "cmd"]);
  assert.deepEqual(env, ["PATH=/image", "HOSTNAME=p", "LANG=C"]);
  assert.deepEqual([cwd, user], ["/work", [7, 8]]);
  assert.ok(!notes.some((note) => note.startsWith("args:")), notes.join());
});

test("what the manifest says wins: args take the place of the command, a command that of both", () => {
  assert.deepEqual(process("args: [a]").args, ["/entry", "a"]);
  assert.deepEqual(process("command: [b]").args, ["b"]);
  const own = process("workingDir: /own, env: [{name: LANG, value: de}], securityContext: {runAsUser: 9}");
  assert.deepEqual(own.env, ["PATH=/image", "HOSTNAME=p", "LANG=de"]);
  assert.deepEqual([own.cwd, own.user], ["/own", [9, 0]]);
});

test("an image without a command needs one from the manifest", () => {
  const empty = { ...IMAGE, entrypoint: [], cmd: [] };
  assert.throws(
    () => process("", empty),
    /p\.yaml:1: .*has no command, and image docker\.io\/library\/known:latest has none/,
  );
});
