// Containers of Docker's or podman's client, which are created and started in one, and have ids that nobody chooses.
import type { TestContainer } from "../../containerd/pods.js";
import type { ContainerToRun } from "../stages/common.js";
import type { EngineUser } from "../stages.js";
import type { Commands } from "./user.js";

/** The first process of a container ignores signals that it has no handler for. */
const SLEEPS = ["sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait"];

/** Run, update, kill, remove. `run` leaves nothing when it fails. */
export function clientCommands(run: (container: ContainerToRun) => Promise<TestContainer>, user: EngineUser): Commands {
  const containers = new Map<string, TestContainer>();
  const one = (name: string): TestContainer => {
    const container = containers.get(name);
    if (container === undefined) throw new Error(`${name} does not run`);
    return container;
  };
  return {
    begin: [
      {
        run: async (name) => {
          containers.set(name, await run({ name, command: SLEEPS }));
        },
      },
    ],
    use: [{ run: (name) => user.update(one(name).id, 512) }],
    idOf: (name) => one(name).id,
    pid: async (name) => one(name).pid,
    kill: (name) => user.kill(one(name).id),
    remove: (name) => one(name).remove(),
  };
}
