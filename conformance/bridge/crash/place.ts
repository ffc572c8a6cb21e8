// Where the daemon is killed: one of its own with a plugin, a wrapper for an engine, and a life of a container.
import assert from "node:assert/strict";
import { join } from "node:path";
import { installWrapper, WHEN_DOWN } from "@nri/runtime";
import { TestFolder } from "../../test-folder.js";
import { until } from "../../waits.js";
import type { DaemonSettings } from "./daemon.js";
import { lineOf, wrongIn } from "./story.js";
import { SupervisedDaemon } from "./supervised.js";
import type { User } from "./user.js";
import { startWatcher, type Watcher } from "./watcher.js";

/** A daemon of its own with a plugin, and the wrapper of runc for an engine. */
export async function startPlace(
  engine: "oci" | "containerd" | "docker" | "podman",
  runtime: string,
  settings: (folder: TestFolder) => DaemonSettings["engine"],
) {
  const folder = new TestFolder();
  const leaseSocket = join(folder.dir, "lease/lease.sock");
  const nriSocket = join(folder.dir, "nri/nri.sock");
  const wrapper = join(folder.dir, "wrapper");
  await installWrapper(wrapper, {
    engine,
    runtime,
    flavour: "runc",
    socketPath: leaseSocket,
    // on a busy machine a daemon takes a while to be back
    waitSeconds: 30,
    answerSeconds: 65,
    whenDown: WHEN_DOWN,
    exemptNamespaces: [],
    exemptPodNamespaces: [],
  });
  const watcher = startWatcher(nriSocket);
  const stateDir = join(folder.dir, "state");
  const daemon = new SupervisedDaemon({ stateDir, leaseSocket, nriSocket, engine: settings(folder) });
  return {
    folder,
    wrapper,
    watcher,
    daemon,
    [Symbol.asyncDispose]: async () => {
      await watcher[Symbol.asyncDispose]();
      await daemon[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** A life in which the daemon is killed at moment `at`. Throws for whatever is wrong with it. */
export async function liveThrough(
  { daemon, watcher }: { readonly daemon: SupervisedDaemon; readonly watcher: Watcher },
  user: User,
  id: string,
  [at, moment]: readonly [number, string],
): Promise<void> {
  const { deaths } = daemon;
  const from = watcher.story.length;
  daemon.dieAt(at);
  try {
    await user.live(id);
    await until("it dies", () => daemon.deaths > deaths);
    await user.allThere();
    assert.deepEqual(wrongIn(watcher.story), []);
  } catch (error) {
    const story = watcher.story.slice(from).map(lineOf).join("\n  ");
    const text = `killed ${moment} (${at}): ${error}\n  ${story}\n${daemon.lines.slice(-20).join("\n")}`;
    throw new Error(text, { cause: error });
  }
}
