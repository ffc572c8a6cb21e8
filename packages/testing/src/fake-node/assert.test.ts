// What the assertions accept, and what they say when they do not.
import assert, { AssertionError } from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { adjustment, definePlugin, update } from "@nri/plugin";
import {
  assertAdjustment,
  assertRefused,
  assertSnapshot,
  assertUnchanged,
  assertUpdates,
  fakeNode,
  pod,
} from "../index.js";

const busy = definePlugin({
  index: "10",
  name: "busy",
  createContainer: ({ container }) => {
    if (container.name === "bad") throw new Error("not that one");
    if (container.name === "plain") return;
    return {
      adjust: adjustment()
        .env("B", "2")
        .env("A", "1")
        .removeMount("/tmp")
        .hooks({ createRuntime: [{ path: "/hook", args: ["hook", "x"] }] }),
      evict: [{ containerId: container.id, reason: "only a test" }],
    };
  },
  stopContainer: ({ container }) => ({ updates: [update(container.id).memory({ limit: 1n << 20n })] }),
});

/** The text of the AssertionError that `check` throws, and what a runner shows as a diff. */
function failure(check: () => void): AssertionError {
  try {
    check();
  } catch (error) {
    assert.ok(error instanceof AssertionError, String(error));
    return error;
  }
  throw new Error("nothing was thrown");
}

test("an adjustment is compared as a whole, in any order, and the difference is listed", async () => {
  await using node = await fakeNode({ plugins: [busy] });
  const web = await node.play(pod("web").container("app").container("plain").container("bad"));
  const hooks = { createRuntime: [{ path: "/hook", args: ["hook", "x"] }] };
  const expected = () => adjustment().removeMount("/tmp").env("A", "1").hooks(hooks).env("B", "2");
  assertAdjustment(web.container("app"), expected());
  assertAdjustment(web.container("app"), expected().build());
  const { message, actual } = failure(() =>
    assertAdjustment(
      web.container("app"),
      adjustment()
        .env("A", "one")
        .env("C", "3")
        .hooks({ createRuntime: [{ path: "/hook" }] }),
    ),
  );
  assert.equal(message.split("\n")[0], "default/web/app: the adjustment is not the expected one");
  assert.deepEqual(
    message
      .split("\n")
      .slice(1)
      .filter((line) => !line.includes("hook")),
    [
      "  missing     env A=one",
      "  missing     env C=3",
      "  unexpected  env A=1",
      "  unexpected  env B=2",
      "  unexpected  remove mount /tmp",
    ],
  );
  assert.equal(message.split("\n").filter((line) => line.includes("hook")).length, 2);
  assert.equal((actual as string[]).length, 4);

  assertUnchanged(web.container("plain"));
  assert.match(failure(() => assertUnchanged(web.container("app"))).message, /^ {2}unexpected {2}env A=1$/m);
  assert.equal(
    failure(() => assertUnchanged(web.container("bad"))).message,
    "default/web/bad was not adjusted: 10-busy x CreateContainer: rpc error: code = Unknown desc = not that one",
  );
  assert.match(
    failure(() => assertUnchanged(web.container("bad").by("busy"))).message,
    /^default\/web\/bad, by 10-busy was not/,
  );
});

test("refusals and updates have assertions of their own", async () => {
  await using node = await fakeNode({ plugins: [busy] });
  const web = await node.play(pod("web").container("plain").container("bad"));
  assertRefused(web.container("bad"), "not that one");
  assertRefused(web.container("bad"));
  assert.equal(
    failure(() => assertRefused(web.container("plain"))).message,
    "default/web/plain was not refused: it is removed",
  );
  assert.match(
    failure(() => assertRefused(web.container("bad"), /other/)).message,
    /^default\/web\/bad was refused for another reason: /,
  );
  assert.equal(failure(() => assertRefused(web)).message, "default/web was not refused: it is removed");

  const plain = web.container("plain");
  assertUpdates(plain, [update(plain.id).memory({ limit: 1n << 20n })]);
  const { message } = failure(() => assertUpdates(plain, []));
  assert.equal(
    message,
    `default/web/plain: the updates are not the expected ones\n  unexpected  ${plain.id.slice(0, 12)}: memory limit 1 MiB`,
  );

  const never = definePlugin({
    name: "never",
    runPodSandbox: () => {
      throw new Error("no pods today");
    },
  });
  await using closed = await fakeNode({ plugins: [never] });
  const refused = await closed.play(pod("web"));
  assertRefused(refused, "no pods today");
  assertRefused(refused.container(), "its pod was refused");
  assert.equal(
    refused.summary(),
    "10-never x RunPodSandbox: rpc error: code = Unknown desc = no pods today\ndefault/web/main: skipped\n  no changes",
  );
});

test("a summary is the same in every run, and a snapshot holds it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nri-snapshot-"));
  const { CI, NRI_UPDATE_SNAPSHOTS } = process.env;
  const environment = (ci: string, update: string) =>
    Object.assign(process.env, { CI: ci, NRI_UPDATE_SNAPSHOTS: update });
  try {
    const file = join(folder, "deep/web.txt");
    const summary = async () => {
      await using node = await fakeNode({ plugins: [busy] });
      return (await node.play(pod("web").container("app").container("bad"))).summary();
    };
    const text = await summary();
    assert.equal(
      text,
      `default/web/app: removed, evicted: only a test
  10-busy  - mount /tmp
  10-busy  + env B=2
  10-busy  + env A=1
  10-busy  + hook createRuntime /hook x
  10-busy  ! evict app: only a test
  10-busy  + memory limit 1 MiB (at StopContainer)
default/web/bad: refused
  10-busy  x CreateContainer: rpc error: code = Unknown desc = not that one
  10-busy  + memory limit 1 MiB (at StopContainer)`,
    );
    environment("1", "");
    assert.match(
      failure(() => assertSnapshot(text, file)).message,
      /^has no snapshot, and none is written where CI is set: /,
    );
    environment("", "");
    assertSnapshot(text, file);
    assert.equal(readFileSync(file, "utf8"), `${text}\n`);
    environment("1", "");
    assertSnapshot({ summary: () => text }, file);
    assertSnapshot(await summary(), file);
    const { message } = failure(() => assertSnapshot(text.replace("env A=1", "env A=2"), file));
    assert.match(message, /\n- {3}10-busy {2}\+ env A=1\n\+ {3}10-busy {2}\+ env A=2$/);
    environment("1", "1");
    assertSnapshot("new", file);
    assert.equal(readFileSync(file, "utf8"), "new\n");
  } finally {
    environment(CI ?? "", NRI_UPDATE_SNAPSHOTS ?? "");
    rmSync(folder, { recursive: true });
  }
});
