// What the table of capabilities says of a runtime that is called by hand is so.
import { join } from "node:path";
import test from "node:test";
import { containerdFiles } from "../peers/containerd.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { makeBridge } from "./bridge.js";
import { richByHand } from "./rich.js";
import { busyboxFolder, runPeers } from "./run-place.js";
import { checkTable } from "./stage-table.js";

const newest = await containerdFiles("2.1");

test("runc called by hand: plugins see what the table says", { skip: skipUnless(newest) }, async (t) => {
  using folder = new TestFolder();
  const peers = await runPeers(folder.dir);
  const runtime = join(use(peers).bin, "runc");
  const root = join(folder.dir, "runc");
  const rootfs = await busyboxFolder(use(peers), folder.dir);
  const config = `runtime = "${runtime}"\nroot = "${root}"\n`;
  await using bridge = await makeBridge({ runtime, engine: "oci", config });
  await bridge.serve();
  await checkTable(t, "embedded", bridge, (isTold) => richByHand(bridge, root, rootfs, () => isTold("stopContainer")));
});
