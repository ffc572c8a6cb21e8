// Wrong use that must not compile. Each `@ts-expect-error` is a failing build when the mistake starts to compile.
import assert from "node:assert/strict";
import { test } from "node:test";
import { adjustment, definePlugin, update } from "@nri/plugin";
import {
  assertAdjustment,
  assertRefused,
  assertSnapshot,
  assertUpdates,
  type FakeNode,
  fakeNode,
  pod,
} from "./index.js";

/** Never called: only compiled. */
async function mistakes(node: FakeNode): Promise<void> {
  const plugin = definePlugin({ createContainer: () => undefined });
  // @ts-expect-error a definition is no plugin
  await fakeNode({ plugins: [{ createContainer: () => undefined }] });
  // @ts-expect-error nor is a file's name alone
  await fakeNode({ plugins: ["./10-foo"] });
  // @ts-expect-error a program has no definePlugin object
  await fakeNode({ plugins: [{ program: "./10-foo", environment: {} }] });
  // @ts-expect-error configuration is text
  await fakeNode({ plugins: [{ plugin, config: { mode: "x" } }] });
  // @ts-expect-error an unknown option
  await fakeNode({ plugin });
  // @ts-expect-error the node has its own socket
  await fakeNode({ socketPath: "/run/nri.sock" });
  // @ts-expect-error programs are launched at the start
  await node.add({ program: "./10-foo" });
  // @ts-expect-error no event of a life
  await node.play(pod("web"), { until: "createContianer" });
  // @ts-expect-error quantities are text, and 64-bit values are bigints
  await node.play(pod("web"), { update: { memory: 64 } });
  const web = await node.runPod(pod("web"));
  // @ts-expect-error a container is asked for by its name
  web.container(0);
  // @ts-expect-error there may be no spec
  void web.container("app").spec.process;
  // @ts-expect-error what is shown cannot be changed
  web.container("app").adjustment = undefined;
  // @ts-expect-error an update is no adjustment
  assertAdjustment(web.container("app"), update("c"));
  // @ts-expect-error a pod is not adjusted
  assertAdjustment(web, adjustment());
  // @ts-expect-error an adjustment is no update
  assertUpdates(web.container("app"), [adjustment()]);
  // @ts-expect-error one plugin refuses, the container is refused
  assertRefused(web.container("app").by("foo"));
  // @ts-expect-error a snapshot is text, or has a summary
  assertSnapshot({ a: 1 }, "a.txt");
}

test("wrong use does not compile", () => {
  assert.equal(typeof mistakes, "function");
});
