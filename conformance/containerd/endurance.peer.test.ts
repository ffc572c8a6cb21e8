// Many pods in real containerd, and containerd that goes and comes back: a plugin's ledger is what CRI was asked to do.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { definePlugin, silentLogger } from "@nri/plugin";
import { type Containerd, containerdFiles, startContainerd } from "../peers/containerd.js";
import { containerConfig, podConfig } from "../peers/cri.js";
import { skipUnless, use } from "../requirements.js";
import { until } from "../waits.js";
import { EventLedger } from "./ledger.js";

const PODS = 200;
const AT_A_TIME = 4;
/** The first process of a container ignores signals that it has no handler for. */
const SLEEP = ["sh", "-c", "trap 'exit 0' TERM; sleep 3600 & wait"];
const POD_STARTED = ["RunPodSandbox"];
const POD_ENDED = ["StopPodSandbox", "RemovePodSandbox"];
const STARTED = ["CreateContainer", "PostCreateContainer", "StartContainer", "PostStartContainer"];
const ENDED = ["StopContainer", "RemoveContainer"];

interface Made {
  readonly pod: string;
  readonly container: string;
}

async function make({ cri, stateDir }: Containerd, name: string): Promise<Made> {
  const logDir = join(stateDir, "pods", name);
  mkdirSync(logDir, { recursive: true });
  const config = podConfig({ name, namespace: "endurance", logDir });
  const { pod_sandbox_id: pod } = await cri.runPodSandbox({ config });
  const { container_id: container } = await cri.createContainer({
    pod_sandbox_id: pod,
    config: containerConfig({ name: "ctr", command: SLEEP }),
    sandbox_config: config,
  });
  await cri.startContainer({ container_id: container });
  return { pod, container };
}

async function end({ cri }: Containerd, { pod, container }: Made): Promise<void> {
  await cri.stopContainer({ container_id: container, timeout: 10 });
  await cri.removeContainer({ container_id: container });
  await cri.stopPodSandbox({ pod_sandbox_id: pod });
  await cri.removePodSandbox({ pod_sandbox_id: pod });
}

const files = await containerdFiles("2.1");

test("a plugin's ledger in containerd 2.1", { skip: skipUnless(files) }, async (suite) => {
  await using containerd = await startContainerd(use(files));

  await suite.test(
    `${PODS} pods are created and removed, and the plugin sees each step of each exactly once`,
    async () => {
      const ledger = new EventLedger();
      await using _session = await definePlugin(ledger.definition).start({
        socketPath: containerd.nriSocket,
        index: "10",
        name: "ledger",
        environment: {},
        log: silentLogger,
      });
      await until("Synchronize", () => ledger.synchronized.length === 1);
      const made: Made[] = [];
      let next = 0;
      const worker = async (): Promise<void> => {
        while (next < PODS) {
          const one = await make(containerd, `pod-${next++}`);
          made.push(one);
          await end(containerd, one);
        }
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, worker));
      assert.equal(made.length, PODS);
      const expected = new Map(
        made.flatMap(({ pod, container }) => [
          [pod, [...POD_STARTED, ...POD_ENDED]],
          [container, [...STARTED, ...ENDED]],
        ]),
      );
      assert.deepEqual(sorted(ledger.events), sorted(expected));
    },
  );

  await suite.test(
    "a plugin survives containerd's restart: it comes back, is told what exists, and goes on",
    async () => {
      const ledger = new EventLedger();
      const stop = new AbortController();
      const plugin = definePlugin(ledger.definition).run({
        socketPath: containerd.nriSocket,
        index: "10",
        name: "survivor",
        environment: {},
        log: silentLogger,
        signal: stop.signal,
      });
      try {
        await until("Synchronize", () => ledger.synchronized.length === 1);
        const before = [await make(containerd, "before-1"), await make(containerd, "before-2")];
        await containerd.restart();
        await until("Synchronize after the restart", () => ledger.synchronized.length === 2);
        const [, state] = ledger.synchronized;
        assert.deepEqual([...(state?.pods ?? [])].sort(), before.map(({ pod }) => pod).sort());
        assert.deepEqual([...(state?.containers ?? [])].sort(), before.map(({ container }) => container).sort());
        const after = await make(containerd, "after");
        for (const one of [...before, after]) await end(containerd, one);
        assert.deepEqual(ledger.of(after.container), [...STARTED, ...ENDED]);
        assert.deepEqual(ledger.of(after.pod), [...POD_STARTED, ...POD_ENDED]);
        for (const { pod, container } of before) {
          assert.deepEqual(ledger.of(container), [...STARTED, ...ENDED]);
          // containerd 2.1 does not tell plugins of the end of pods that it found at its own start; a later one may.
          const told = ledger.of(pod);
          assert.deepEqual(told, told.length === 1 ? POD_STARTED : [...POD_STARTED, ...POD_ENDED]);
        }
      } finally {
        stop.abort();
        await plugin;
      }
    },
  );
});

function sorted(events: ReadonlyMap<string, readonly string[]>): [string, readonly string[]][] {
  return [...events].sort(([a], [b]) => (a < b ? -1 : 1));
}
