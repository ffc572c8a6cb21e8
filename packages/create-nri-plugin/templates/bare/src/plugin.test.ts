// The plugin on a node without an engine.
import { test } from "node:test";
import { adjustment } from "@nri/plugin";
import { assertAdjustment, assertUnchanged, fakeNode, pod } from "@nri/testing";
import { plugin } from "./plugin.js";

test("containers get the greeting that the annotation asks for", async () => {
  await using node = await fakeNode({ plugins: [plugin] });
  const web = await node.play(
    pod("web").annotation("{{name}}.example.com/container.app", "hello").container("app").container("sidecar"),
  );
  assertAdjustment(web.container("app"), adjustment().env("GREETING", "hello"));
  assertUnchanged(web.container("sidecar"));
});
