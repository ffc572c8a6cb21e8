// Lists D and G16 of the reference's integration tests on a real dockerd, with Docker's own NRI in our daemon: what a plugin asks for is
// read inside the containers, where Docker's own tests look at its configuration, which the bridge cannot change.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { PluginSession } from "@nri/plugin";
import type { ContainerAdjustment, Init } from "@nri/protocol";
import { dockerFiles } from "../peers/docker.js";
import { skipUnless, use } from "../requirements.js";
import { until } from "../waits.js";
import { IMAGE, MobyDocker } from "./moby-docker.js";
import { plainMessage } from "./plain-message.js";
import { recorded } from "./recorded.js";
import { TOLD } from "./scenarios.js";

const files = await dockerFiles("28");
const skip = skipUnless(files);
let moby: MobyDocker;
before(async () => {
  if (skip === false) moby = await MobyDocker.start(use(files));
});
after(async () => {
  await moby?.[Symbol.asyncDispose]();
});

/** A plugin that adjusts every container, and answers an empty list of updates, as those of Docker's tests do. */
async function adjusting(adjust: Init<ContainerAdjustment>): Promise<AsyncDisposable> {
  await moby.enable();
  return ended(await moby.join({ createContainer: () => ({ adjust, updates: [] }) }));
}

function ended(session: PluginSession): AsyncDisposable {
  return { [Symbol.asyncDispose]: async () => void (await session.close()) };
}

test("D1a, D1b: a variable is added, and one that is there has the plugin's value", { skip }, async () => {
  await using _plugin = await adjusting({
    env: [
      { key: "NRI_SAYS", value: "hi" },
      { key: "HOSTNAME", value: "nri" },
    ],
  });
  const env = (await moby.run(IMAGE, "env")).split("\n");
  assert.ok(env.includes("NRI_SAYS=hi"), env.join());
  assert.deepEqual(
    env.filter((entry) => entry.startsWith("HOSTNAME=")),
    ["HOSTNAME=nri"],
  );
});

for (const [id, name, adjust] of [
  ["D2a", "hooks", { hooks: { createRuntime: [{ path: "/bin/sh" }] } }],
  ["D2b", "CDI", { CDIDevices: [{ name: "vendor.com/device=x" }] }],
  ["D2c", "linux.resources.cpu", { linux: { resources: { cpu: { shares: { value: 5n } } } } }],
] as const) {
  test(`${id}: docker run fails with Docker's text for ${name}`, { skip }, async () => {
    await using _plugin = await adjusting(adjust);
    const text = new RegExp(`unsupported container adjustments: ${name}(?![\\w,.])`);
    await assert.rejects(moby.run(IMAGE, "true"), text);
  });
}

for (const [id, what, type, options] of [
  ["D3a", "a read-only bind can be read, and not written", "bind", ["ro"]],
  ["D3b", "a bind can be read and written", "bind", []],
  ["D3c", "a read-only volume can be read, and not written", "volume", ["ro"]],
  ["D3d", "a volume can be read and written", "volume", []],
] as const) {
  test(`${id}: ${what}`, { skip }, async () => {
    const source = type === "bind" ? join(moby.dir, "shared") : "nri-volume";
    if (type === "bind") {
      mkdirSync(source, { recursive: true });
      writeFileSync(join(source, "file.txt"), "content");
    } else {
      await moby.reload({}); // the user's own container fills it
      await moby.run("-v", `${source}:/v`, IMAGE, "sh", "-c", "printf content > /v/file.txt");
    }
    await using _plugin = await adjusting({
      mounts: [{ type, source, destination: "/mnt/nri", options: [...options] }],
    });
    assert.equal(await moby.run(IMAGE, "cat", "/mnt/nri/file.txt"), "content");
    const writing = moby.run(IMAGE, "touch", "/mnt/nri/file.txt");
    if (options.length > 0) await assert.rejects(writing, /Read-only file system/);
    else await writing;
  });
}

/** A plugin as a program: it sets a variable as its configuration says. */
const PROGRAM = `#!${process.execPath}
import { definePlugin } from ${JSON.stringify(import.meta.resolve("@nri/plugin"))};
let env = {};
await definePlugin({
  configure({ config }) { env = JSON.parse(config); },
  createContainer: () => ({ adjust: { env: [{ key: env.name, value: env.value }] }, updates: [] }),
}).run();
`;

test("D4: reloads switch NRI on, make the plugin read its configuration again, and switch NRI off", {
  skip,
}, async () => {
  mkdirSync(join(moby.dir, "plugins"), { recursive: true });
  mkdirSync(join(moby.dir, "conf.d"), { recursive: true });
  writeFileSync(join(moby.dir, "plugins/00-nri-test-plugin.mjs"), PROGRAM);
  const program = join(moby.dir, "plugins/00-nri-test-plugin");
  writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${moby.dir}/plugins/00-nri-test-plugin.mjs\n`);
  chmodSync(program, 0o755);
  const configure = (value: string): void =>
    writeFileSync(join(moby.dir, "conf.d/00-nri-test-plugin.conf"), JSON.stringify({ name: "NRI_TEST", value }));
  const value = async (): Promise<string> => await moby.run(IMAGE, "sh", "-c", "echo $NRI_TEST");
  configure("1");
  await moby.reload({});
  assert.deepEqual([await value(), (await moby.info()).nri], ["", undefined]);
  await moby.reload({ "nri-opts": moby.opts({ "socket-path": "" }) });
  assert.equal(await value(), "1");
  assert.deepEqual((await moby.info()).nri, [
    ["plugin-path", join(moby.dir, "plugins")],
    ["plugin-config-path", join(moby.dir, "conf.d")],
  ]);
  configure("2");
  assert.equal(await value(), "1");
  await moby.reload({ "nri-opts": moby.opts({ "socket-path": "" }) });
  assert.equal(await value(), "2");
  await moby.reload({});
  assert.equal(await value(), "");
  rmSync(program);
});

test("G16: an update in the answer to a creation, to Synchronize, or unsolicited has Docker's error; a reload switches it all off", {
  skip,
}, async () => {
  await moby.enable();
  const id = await moby.docker.docker("run", "-d", "--network", "none", IMAGE, "sleep", "1000");
  const update = { containerId: id, linux: { resources: { cpu: { shares: { value: 5n } } } } };
  const answering = await moby.join({ createContainer: () => ({ updates: [update] }) });
  await assert.rejects(moby.run(IMAGE, "true"), /: container update is not supported/);
  const [{ unsolicited } = { unsolicited: "" }] = recorded<{ unsolicited: string }>("refusals");
  await assert.rejects(answering.updateContainers([update]), { message: unsolicited });
  await answering.close();
  const dropped = await moby.join({ synchronize: () => ({ updates: [update] }), createContainer: () => undefined });
  await dropped.closed;
  const refused = /failed to synchronize plugin: container updates during sync are not implemented/;
  await until("the log says why", () => refused.test(moby.bridge.log()));
  const last = await moby.join({ createContainer: () => ({ updates: [update] }) });
  const log = await moby.reload({});
  await last.closed;
  assert.doesNotMatch(log, /level=error/);
  assert.equal(await moby.run(IMAGE, "echo", "passes"), "passes");
  await moby.docker.docker("rm", "-f", id);
});

test("plugins are told what they are told by Docker's own code, of a creation and when they come", {
  skip,
}, async () => {
  await moby.enable();
  const [{ created } = {}, { synchronized } = {}] = recorded<{ created?: object; synchronized?: object }>("told");
  let asked: unknown;
  const first = await moby.join({
    configure: ({ runtimeName, runtimeVersion }) => {
      assert.equal(runtimeName, "docker");
      assert.ok(runtimeVersion.startsWith(moby.docker.version), runtimeVersion);
    },
    createContainer: ({ pod, container }) => {
      asked = { pod, container };
    },
  });
  const ids = [await moby.create(TOLD.body, TOLD.host)];
  await moby.docker.docker("start", ids[0] ?? "");
  assert.deepEqual(plainMessage(asked, ids), created);
  await first.close();
  await moby.docker.docker("rm", "-f", ids[0] ?? "");
  ids[0] = await moby.create(TOLD.body, TOLD.host);
  for (const Cmd of [
    ["sleep", "1000"],
    ["sleep", "1000"],
    ["sh", "-c", "exit 3"],
  ])
    ids.push(await moby.create({ Cmd }));
  await moby.docker.docker("start", ...ids.slice(1));
  await moby.docker.docker("pause", ids[2] ?? "");
  await moby.docker.docker("wait", ids[3] ?? "");
  let handed: unknown;
  const second = await moby.join({
    synchronize: ({ pods, containers }) => {
      handed = { pods, containers };
    },
    createContainer: () => undefined,
  });
  assert.deepEqual(plainMessage(handed, ids), synchronized);
  await second.close();
  await moby.docker.docker("rm", "-f", ...ids);
});

test("a container keeps what a plugin changed over restarts, ours and dockerd's too, until it is removed", {
  skip,
}, async () => {
  let value = "1";
  await moby.enable();
  let asked = 0;
  const plugin = await moby.join({
    createContainer: () => {
      asked++;
      return { adjust: { env: [{ key: "KEPT", value }] } };
    },
  });
  const command = ["sh", "-c", "echo $KEPT; trap 'exit 0' TERM; sleep 1000 & wait"];
  const { docker } = moby;
  const id = await docker.docker(
    "run",
    "-d",
    "--network",
    "none",
    "--restart",
    "always",
    "--name",
    "kept",
    IMAGE,
    ...command,
  );
  const printed = async (): Promise<string> => await docker.docker("logs", id);
  const lines = async (count: number): Promise<void> => {
    await until(`${count} lines`, async () => (await printed()).split("\n").length === count);
  };
  value = "2";
  await docker.docker("restart", id);
  await lines(2);
  await plugin.close();
  await moby.bridge.restart();
  await docker.docker("restart", id);
  await lines(3);
  await docker.restart();
  await lines(4);
  assert.deepEqual([await printed(), asked], ["1\n1\n1\n1", 1]);
  // with dockerd its NRI starts again
  const restarted = /dockerd at \S+ is there[\s\S]*plugin invocation order/;
  await until("NRI has started again", () => restarted.test(moby.bridge.log()));
  await docker.docker("rm", "-f", id);
  const again = await moby.join({ createContainer: () => ({ adjust: { env: [{ key: "KEPT", value }] } }) });
  assert.equal(await moby.run("--name", "kept", IMAGE, "sh", "-c", "echo $KEPT"), "2");
  await again.close();
});

test("mounts that Docker would not take are refused with its text, and a name of a volume that it does not know is made", {
  skip,
}, async () => {
  const mount = { type: "bind", source: "/usr", destination: "/m" };
  for (const [given, words, text] of [
    [
      { ...mount, source: "/nowhere/at/all" },
      [],
      'invalid mount config for type "bind": bind source path does not exist: /nowhere/at/all',
    ],
    [{ ...mount, type: "nonsense" }, [], 'invalid mount config for type "nonsense": mount type unknown'],
    [mount, ["-v", "/usr:/m"], "Duplicate mount point: /m"],
    [
      { ...mount, type: "volume", source: "a/b" },
      [],
      'create a/b: "a/b" includes invalid characters for a local volume name',
    ],
  ] as const) {
    await using _plugin = await adjusting({ mounts: [given] });
    await assert.rejects(
      moby.run(...words, IMAGE, "true"),
      (error: Error) => error.message.includes(`: ${text}`),
      text,
    );
  }
  await using _plugin = await adjusting({
    mounts: [
      { type: "volume", source: "made-by-nri", destination: "/v" },
      { type: "tmpfs", destination: "/t" },
    ],
  });
  assert.equal(await moby.run(IMAGE, "sh", "-c", "touch /v/x /t/y && grep -c ' /t tmpfs' /proc/mounts"), "1");
  assert.match(await moby.docker.docker("volume", "ls", "-q"), /^made-by-nri$/m);
});
