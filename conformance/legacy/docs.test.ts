// docs/nri-0.1.0.md: its plugin, made into one file and called by our client, does what the page says.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createClient } from "@nri/legacy";
import { nriProgram, repositoryDir } from "../paths.js";
import { output } from "../peers/child.js";

test("the plugin of docs/nri-0.1.0.md runs as one file", async (context) => {
  const dir = await mkdtemp(join(tmpdir(), "nri-legacy-docs-"));
  context.after(() => rm(dir, { recursive: true, force: true }));
  await symlink(join(repositoryDir, "node_modules"), join(dir, "node_modules"));
  const page = await readFile(join(repositoryDir, "docs/nri-0.1.0.md"), "utf8");
  const [, example = ""] = /^```ts\n(.*?)^```/ms.exec(page) ?? [];
  await writeFile(join(dir, "hello.ts"), example);
  await output(process.execPath, [nriProgram, "build", "--bundle", join(dir, "hello.ts"), "-o", join(dir, "00-hello")]);
  const binDir = join(dir, "bin");
  await mkdir(binDir);
  await symlink(join(dir, "00-hello"), join(binDir, "hello"));
  const confPath = join(dir, "conf.json");
  await writeFile(confPath, '{"version": "0.1", "plugins": [{"type": "hello", "conf": 1}]}');
  const client = await createClient({ confPath, binDir, stderr: "ignore" });
  const spec = { ociVersion: "1.2.0", linux: { cgroupsPath: "/x" } };
  assert.deepEqual(await client.invoke({ id: "c1", spec }, "create"), [
    { plugin: "hello", version: "0.1", error: "", metadata: { greeted: "c1" } },
  ]);
  await assert.rejects(client.invoke({ id: "c1", spec: { ociVersion: "1.2.0" } }, "create"), {
    message: "plugin: hello: no cgroup",
  });
});
