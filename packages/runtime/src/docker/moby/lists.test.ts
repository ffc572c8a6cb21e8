// Lists D and G16 of spec/integration-tests.md, with the library in a small engine: what Docker's own tests check.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { adjustment } from "@nri/plugin";
import type { ContainerAdjustment, Init } from "@nri/protocol";
import { type SmallDocker, startSmallDocker } from "./small-docker.fixture.js";

/** A plugin that adjusts every container, and answers an empty list of updates, as those of Docker's tests do. */
async function adjusting(docker: SmallDocker, adjust: Init<ContainerAdjustment>): Promise<void> {
  await docker.join({ createContainer: () => ({ adjust, updates: [] }) });
}

test("D1a, D1b: a variable is added, and one that is there replaced in its place", async () => {
  await using docker = await startSmallDocker();
  await adjusting(docker, {
    env: [
      { key: "NRI_SET", value: "1" },
      { key: "HOSTNAME", value: "of-plugin" },
    ],
  });
  const { env } = await docker.create({ env: ["HOSTNAME=mine", "PATH=/bin"] });
  assert.deepEqual(env, ["HOSTNAME=of-plugin", "PATH=/bin", "NRI_SET=1"]);
});

for (const [id, name, adjust] of [
  ["D2a", "hooks", { hooks: { createRuntime: [{ path: "/bin/sh" }] } }],
  ["D2b", "CDI", { CDIDevices: [{ name: "vendor.com/device=x" }] }],
  ["D2c", "linux.resources.cpu", { linux: { resources: { cpu: { shares: { value: 5n } } } } }],
] as const) {
  test(`${id}: who wants ${name} is refused by name, and there is no container`, async () => {
    await using docker = await startSmallDocker();
    await adjusting(docker, adjust);
    await assert.rejects(docker.create(), { message: `unsupported container adjustments: ${name}` });
    assert.equal(docker.containers.size, 0);
  });
}

test("D3a to D3d: a mount of a folder or a volume, read-only or not", async () => {
  await using docker = await startSmallDocker();
  await adjusting(docker, {
    mounts: [
      { type: "bind", source: "/host", destination: "/a", options: ["ro"] },
      { type: "bind", source: "/host", destination: "/b" },
      { type: "volume", source: "vol", destination: "/c", options: ["readonly"] },
      { type: "volume", source: "vol", destination: "/d" },
    ],
  });
  const { mounts } = await docker.create();
  assert.deepEqual(
    mounts.map(({ type, source, target, readOnly }) => `${type} ${source} ${target} ${readOnly}`),
    ["bind /host /a true", "bind /host /b false", "volume vol /c true", "volume vol /d false"],
  );
});

/** A plugin as a program: it sets VALUE to what its configuration says. */
const PROGRAM = `#!${process.execPath}
import { definePlugin } from ${JSON.stringify(import.meta.resolve("@nri/plugin"))};
let value = "";
await definePlugin({
  configure({ config }) { value = config.trim(); },
  createContainer: () => ({ adjust: { env: [{ key: "VALUE", value }] }, updates: [] }),
}).run();
`;

test("D4: a reload switches NRI on, makes a plugin read its configuration again, and switches NRI off", async () => {
  await using docker = await startSmallDocker((dir) => ({
    options: { enable: false, pluginPath: join(dir, "plugins"), pluginConfigPath: join(dir, "conf.d"), socketPath: "" },
  }));
  const configure = async (value: string): Promise<void> => {
    await mkdir(join(docker.dir, "conf.d"), { recursive: true });
    await writeFile(join(docker.dir, "conf.d/00-nri-test-plugin.conf"), value);
  };
  const reload = async (enable: boolean): Promise<void> => docker.nri.prepareReload(docker.opts({ enable })).commit();
  const value = async (): Promise<string | undefined> =>
    (await docker.create()).env.find((entry) => entry.startsWith("VALUE="));
  await mkdir(join(docker.dir, "plugins"));
  await writeFile(join(docker.dir, "plugins/00-nri-test-plugin"), PROGRAM, { mode: 0o755 });
  await configure("1");
  assert.deepEqual([await value(), docker.nri.info()], [undefined, undefined]);
  await reload(true);
  assert.equal(await value(), "VALUE=1");
  await configure("2");
  assert.equal(await value(), "VALUE=1");
  await reload(true);
  assert.equal(await value(), "VALUE=2");
  await reload(false);
  assert.deepEqual([await value(), docker.nri.info()], [undefined, undefined]);
});

for (const compat of ["default", "reference"] as const) {
  test(`G16 (${compat}): an update in the answer to a creation refuses it`, async () => {
    await using docker = await startSmallDocker({ compat });
    const { id } = await docker.create();
    await docker.join({
      createContainer: () => ({
        adjust: adjustment().env("A", "1"),
        updates: [{ containerId: id, linux: { resources: { cpu: { shares: { value: 5n } } } } }],
      }),
    });
    await assert.rejects(docker.create(), { message: "container update is not supported" });
    assert.equal(docker.containers.size, 1);
  });

  test(`G16 (${compat}): a plugin that answers Synchronize with an update is dropped, and who is told why is the log`, async () => {
    await using docker = await startSmallDocker({ compat });
    const { id } = await docker.create();
    const updates = [{ containerId: id, linux: { resources: { cpu: { shares: { value: 5n } } } } }];
    const joined = docker.join({ synchronize: () => ({ updates }), createContainer: () => undefined });
    await assert.rejects(joined, /container updates during sync are not implemented/);
    assert.deepEqual(docker.nri.adaptation?.plugins, []);
    assert.match(docker.log.join("\n"), /container updates during sync are not implemented/);
  });

  test(`G16 (${compat}): an update that a plugin asks for on its own is not implemented`, async () => {
    await using docker = await startSmallDocker({ compat });
    const { id } = await docker.create();
    const plugin = await docker.join({ createContainer: () => undefined });
    const update = { containerId: id, linux: { resources: { cpu: { shares: { value: 5n } } } } };
    await assert.rejects(plugin.updateContainers([update]), /not implemented/);
  });
}
