// The end of it all while plugins are on their way in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, startLab } from "../lab.fixture.js";
import { connectRawPlugin, type RawPlugin, silent } from "../raw-plugin.fixture.js";

const pod = { id: "p1", name: "pod" };
const container = { id: "c1", podSandboxId: "p1", name: "one" };

for (const stage of ["Configure", "Synchronize"] as const) {
  test(`a plugin that is asked for ${stage} at the stop is told to shut down, with time to finish; who waits for it is refused`, async () => {
    await using lab = await startLab();
    let finished = false;
    const plugin: RawPlugin = await connectRawPlugin(lab.socket, {
      events: 0,
      methods: {
        [stage]: silent,
        Shutdown: async () => {
          await new Promise((resolve) => setTimeout(resolve, 50));
          finished = true;
          return new Uint8Array(0);
        },
      },
    });
    await eventually(() => plugin.methods.includes(stage), "it is on its way");
    const creating = stage === "Synchronize" ? lab.adaptation.createContainer({ pod, container }) : undefined;
    const refused = creating && assert.rejects(creating, { code: "stopped" });
    await lab.adaptation.stop();
    assert.equal(finished, true);
    await refused;
    await plugin.closed;
  });
}

test("a plugin that has its Synchronize answered while it is told to shut down does not join, and may finish", async () => {
  await using lab = await startLab();
  let synchronized: () => void = () => undefined;
  let finished = false;
  const plugin = await connectRawPlugin(lab.socket, {
    synchronize: () => new Promise((resolve) => (synchronized = () => resolve({}))),
    methods: {
      Shutdown: async () => {
        synchronized();
        await new Promise((resolve) => setTimeout(resolve, 100));
        finished = true;
        return new Uint8Array(0);
      },
    },
  });
  await eventually(() => plugin.methods.includes("Synchronize"), "it is synchronised");
  await lab.adaptation.stop();
  assert.equal(finished, true);
  assert.deepEqual(
    lab.states.filter(({ state }) => state === "active"),
    [],
  );
});
