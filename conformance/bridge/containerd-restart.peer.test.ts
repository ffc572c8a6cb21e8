// containerd that restarts while the bridge runs, and containerd that has NRI itself: whatever happens, and whoever serves it,
// a plugin hears of each event once.
import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { runPod, type TestPod } from "../containerd/pods.js";
import { type Containerd, type ContainerdLine, containerdFiles, startContainerd } from "../peers/containerd.js";
import { skipUnless, use } from "../requirements.js";
import { pause, until } from "../waits.js";
import { makeBridge, type TestBridge } from "./bridge.js";
import { ctrOf, ctrRun } from "./ctr.js";
import { listen } from "./ear.js";

/** How late an exit may be told. */
const EXIT_MS = 1_000;
/** How long nothing more may come. */
const QUIET_MS = 1_500;
/** Leaves with 7 on SIGTERM. */
const COMMAND = ["sh", "-c", "trap 'exit 7' TERM; sleep 1000 & wait"];
const LIFE = [
  "CreateContainer",
  "ValidateContainerAdjustment",
  "PostCreateContainer",
  "StartContainer",
  "PostStartContainer",
  "StopContainer",
  "RemoveContainer",
];

interface Place {
  readonly line: ContainerdLine;
  readonly bridge: TestBridge;
  readonly containerd: Containerd;
  readonly dir: string;
}

/** A container in a pod of CRI that lives from begin to end. */
async function podLife(containerd: Containerd, name: string): Promise<{ readonly pod: TestPod; readonly id: string }> {
  const pod = await runPod(containerd, { name });
  const { id, stop, remove } = await pod.container({ name: "main", command: COMMAND });
  await stop();
  await remove();
  await pod.end();
  return { pod, id };
}

async function withNri(t: TestContext, { bridge, containerd, dir }: Place): Promise<void> {
  await using own = await listen(containerd.nriSocket);
  await using behind = await listen(bridge.nriSocket);
  await t.test(
    "where containerd has NRI, its own plugins hear of CRI's containers, and those behind the bridge do not",
    async () => {
      const { pod, id } = await podLife(containerd, "passed");
      await until("the end of the pod", () => own.of(pod.id).includes("RemovePodSandbox"));
      assert.deepEqual(
        own.of(id),
        LIFE.filter((event) => event !== "ValidateContainerAdjustment"),
      );
      assert.deepEqual([own.of(pod.id).length, behind.told.length], [3, 0]);
    },
  );
  await t.test("those behind the bridge hear of ctr's, and containerd's own do not", async () => {
    const before = own.told.length;
    const ctr = ctrOf({ dir, socket: containerd.socket }, "default");
    const container = await ctrRun(ctr, containerd, bridge.wrapper, { name: `own-${process.pid}`, command: COMMAND });
    await container.stop();
    await container.remove();
    await until("the end of the container", () => behind.of(container.id).includes("RemovePodSandbox"));
    assert.deepEqual(behind.ofContainer(container.id), LIFE);
    assert.equal(own.told.length, before);
  });
}

async function restarted(t: TestContext, { line, bridge, containerd, dir }: Place): Promise<void> {
  await using ear = await listen(bridge.nriSocket);
  const ctr = ctrOf({ dir, socket: containerd.socket }, "default");
  const run = (name: string) =>
    ctrRun(ctr, containerd, bridge.wrapper, {
      name: `${name}-${process.pid}-${line.replace(".", "")}`,
      command: COMMAND,
    });
  const pod = await runPod(containerd, { name: "restarted" });
  const inPod = [
    await pod.container({ name: "ends", command: COMMAND }),
    await pod.container({ name: "lives", command: COMMAND }),
  ] as const;
  const alone = [await run("ends"), await run("lives")] as const;
  const before = bridge.log().length;

  await t.test("what ended while containerd was away is told when it is back, once", async () => {
    const back = containerd.restart();
    await until("the loss in the log", () => bridge.log().slice(before).includes("is away"));
    for (const { pid } of [inPod[0], alone[0]]) process.kill(pid, "SIGKILL");
    await back;
    for (const { id } of [inPod[0], alone[0]]) {
      const { container } = await until(`the end of ${id}`, () => ear.end(id));
      // 255: containerd has lost the task, and its code with it
      assert.ok([137, 255].includes(container.exitCode), `${container.exitCode}`);
    }
    for (const { id } of [inPod[1], alone[1]]) assert.equal(ear.end(id), undefined);
  });

  await t.test(
    "what lives on is told of as before: its end within a second, with its code, though nobody deletes it",
    async () => {
      await ctr("task", "kill", "-s", "SIGTERM", alone[1].id);
      const end = await until("its end", () => ear.end(alone[1].id));
      t.diagnostic(`told ${end.lateMs} ms after the exit`);
      assert.deepEqual([end.container.exitCode, end.container.pid], [7, alone[1].pid]);
      assert.ok(end.lateMs < EXIT_MS, `${end.lateMs} ms`);
      process.kill(inPod[1].pid, "SIGTERM");
      const other = await until("its end", () => ear.end(inPod[1].id));
      t.diagnostic(`told ${other.lateMs} ms after the exit`);
      assert.equal(other.container.exitCode, 7);
      assert.ok(other.lateMs < EXIT_MS, `${other.lateMs} ms`);
    },
  );

  await t.test("every container has had each event once, when all is over", async () => {
    for (const { id } of alone) {
      await ctr("task", "delete", id).catch(gone);
      await ctr("container", "delete", id);
    }
    for (const container of inPod) await container.stop();
    await pod.end();
    await until("the end of the pod", () => ear.of(pod.id).includes("RemovePodSandbox"));
    await pause(QUIET_MS);
    for (const { id } of [...inPod, ...alone]) {
      assert.deepEqual(ear.ofContainer(id), LIFE);
    }
    assert.deepEqual(ear.of(pod.id), ["RunPodSandbox", "StopPodSandbox", "RemovePodSandbox"]);
  });
}

/** A task that containerd has lost is deleted already. */
function gone(error: unknown): void {
  assert.match(String(error), /not found/);
}

for (const line of ["2.1", "1.6"] as const) {
  const files = await containerdFiles(line);
  const newer = await containerdFiles("2.1");

  test(`containerd ${line} restarts while the bridge runs`, { skip: skipUnless(files, newer) }, async (t) => {
    const { dir } = use(files);
    await using bridge = await makeBridge({ runtime: `${use(newer).dir}/bin/runc`, engine: "containerd" });
    const env = { RUNC: bridge.wrapper, NRI_DISABLE: "false" };
    await using containerd = await startContainerd(use(files), { env });
    await bridge.serve(containerd.socket);
    const place = { line, bridge, containerd, dir };
    if (line !== "1.6") {
      await withNri(t, place);
      env.NRI_DISABLE = "true";
      const before = bridge.log().length;
      await containerd.restart();
      await until("containerd without NRI", () => bridge.log().slice(before).includes("has no NRI of its own"));
    }
    await restarted(t, place);
  });
}
