// What the engines' own lists of tests lack, behind the bridge: refusals and what becomes of them, exits, late and silent
// plugins, updates, conflicts, validation, plugins that the daemon starts, and its switches.
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { adjustment, update } from "@nri/plugin";
import { ContainerState } from "@nri/protocol";
import { connect, SLEEP } from "../containerd/cases.js";
import type { TestContainer } from "../containerd/pods.js";
import { repositoryDir } from "../paths.js";
import { isListening, pause, until } from "../waits.js";
import { type Ear, listen } from "./ear.js";
import { cgroup } from "./fact-place.js";
import { ENGINE_SHARES } from "./rich.js";
import type { Stage } from "./stages.js";

const ENVIRONMENT = "tr '\\0' '\\n' < /proc/1/environ";
/** How long nothing more may come. */
const QUIET_MS = 1_000;
/** How long a plugin may take for one request. */
const REQUEST_MS = 2_000;
const sharesOf = cgroup("cpu", "cpu.shares");

interface ListedCase {
  readonly title: string;
  run(stage: Stage): Promise<void>;
}

/** Runs them, as subtests of `t`. */
export async function checkListGOn(t: TestContext, stage: Stage): Promise<void> {
  for (const { title, run } of LIST_G) {
    await t.test(`${title}`, async (one) => {
      await run(stage).catch((error: unknown) => {
        one.diagnostic(stage.bridge.log().slice(-3_000));
        throw error;
      });
    });
  }
}

/** Runs a container in a pod of its own, does something with it, and ends both. */
async function withContainer(
  stage: Stage,
  name: string,
  work: (container: TestContainer) => Promise<void>,
  more: { readonly annotations?: Readonly<Record<string, string>>; readonly command?: readonly string[] } = {},
): Promise<void> {
  const { annotations = {}, command = SLEEP } = more;
  const pod = await stage.runPod({ name, namespace: "g", annotations });
  // not `using`: the error of who ends a pod that did not come to be would stand in front of the reason
  try {
    await work(await pod.container({ name: "main", command, annotations }));
  } finally {
    await pod.end();
  }
}

/** Tries to run one that is refused. */
async function refused(
  stage: Stage,
  name: string,
  reason: RegExp,
  annotations: Readonly<Record<string, string>> = {},
): Promise<void> {
  await assert.rejects(
    withContainer(stage, name, async () => undefined, { annotations }),
    reason,
  );
}

/** The container that a plugin was asked to create last. */
function asked(ear: Ear): string {
  return ear.told.findLast(({ event }) => event === "createContainer")?.container?.id ?? "";
}

/** Waits for an event of a container, and that nothing comes after it. */
async function last(ear: Ear, id: string, event: string): Promise<void> {
  await until(event, () => ear.ofContainer(id).includes(event));
  await pause(QUIET_MS);
}

/** Has the daemon read other lines of its NRI table. */
async function reload({ bridge }: Stage, nri: string): Promise<void> {
  const before = bridge.log().length;
  bridge.reload(nri);
  await until("the reload", () => /was read again/.test(bridge.log().slice(before)));
}

/** All cases but those of single fields, which facts.ts has (G15), and those of Docker's own NRI (G16). */
export const LIST_G: readonly ListedCase[] = [
  {
    title: "G1 a refused container is undone for those who had agreed to it, once",
    run: async (stage) => {
      await using ear = await listen(stage.nriSocket, {}, "ear", "00");
      await using _refuses = await connect(stage, "10", {
        createContainer: () => {
          throw new Error("not on my node");
        },
      });
      await refused(stage, "g1", /not on my node/);
      await last(ear, asked(ear), "RemoveContainer");
      assert.deepEqual(ear.ofContainer(asked(ear)), ["CreateContainer", "StopContainer", "RemoveContainer"]);
    },
  },
  {
    title: "G2 a refused start ends the container, and is told",
    run: async (stage) => {
      await using ear = await listen(stage.nriSocket, {}, "ear", "00");
      await using _refuses = await connect(stage, "10", {
        startContainer: () => {
          throw new Error("not now");
        },
      });
      await refused(stage, "g2", /not now/);
      await last(ear, asked(ear), "RemoveContainer");
      assert.deepEqual(ear.ofContainer(asked(ear)), [
        "CreateContainer",
        "ValidateContainerAdjustment",
        "PostCreateContainer",
        "StartContainer",
        "StopContainer",
        "RemoveContainer",
      ]);
    },
  },
  {
    title: "G2 a refused pod is stopped and removed, and has no container",
    run: async (stage) => {
      await using ear = await listen(stage.nriSocket, {}, "ear", "00");
      await using _refuses = await connect(stage, "10", {
        runPodSandbox: () => {
          throw new Error("no pods today");
        },
      });
      await refused(stage, "g2pod", /no pods today/);
      const { pod } = ear.told.find(({ event }) => event === "runPodSandbox") ?? {};
      await until("RemovePodSandbox", () => ear.of(pod?.id ?? "").includes("RemovePodSandbox"));
      await pause(QUIET_MS);
      const names = ear.told.filter((one) => one.pod.id === pod?.id).map(({ event }) => event);
      assert.deepEqual(names, ["runPodSandbox", "stopPodSandbox", "removePodSandbox"]);
    },
  },
  {
    title: "G3 the end of a container is told once, with state, code and time; a later stop tells nothing",
    run: async (stage) => {
      await using ear = await listen(stage.nriSocket);
      let id = "";
      const ends = async (container: TestContainer): Promise<void> => {
        ({ id } = container);
        const { container: ended } = await until("StopContainer", () => ear.end(id));
        assert.deepEqual([ended.state, ended.exitCode], [ContainerState.CONTAINER_STOPPED, 3]);
        assert.ok(ended.finishedAt > 0n);
        // ctr says that there is nothing to stop any more
        await container.stop().catch(() => undefined);
        await pause(QUIET_MS);
        assert.equal(ear.ofContainer(id).filter((event) => event === "StopContainer").length, 1);
      };
      await withContainer(stage, "g3", ends, { command: ["sh", "-c", "sleep 0.3; exit 3"] });
      await last(ear, id, "RemoveContainer");
      assert.deepEqual(ear.ofContainer(id).slice(-2), ["StopContainer", "RemoveContainer"]);
    },
  },
  {
    title: "G4 a plugin that does not answer in time is dropped, and the container runs without its part",
    run: async (stage) => {
      await using silent = await connect(stage, "10", {
        createContainer: async () => {
          await pause(REQUEST_MS + 1_000);
          return { adjust: adjustment().env("FACT_SILENT", "1") };
        },
      });
      await using _other = await connect(stage, "20", {
        createContainer: () => ({ adjust: adjustment().env("FACT_OTHER", "1") }),
      });
      await withContainer(stage, "g4", async (container) => {
        const environment = await container.sh(ENVIRONMENT);
        assert.match(environment, /^FACT_OTHER=1$/m);
        assert.doesNotMatch(environment, /FACT_SILENT/);
      });
      await silent.closed;
    },
  },
  {
    title: "G5 what runs while the daemon restarts is told of to its end",
    run: async (stage) => {
      const pod = await stage.runPod({ name: "g5", namespace: "g" });
      const { id } = await pod.container({ name: "main", command: SLEEP });
      const [podId = ""] = pod.ids();
      await stage.restart();
      await using ear = await listen(stage.nriSocket);
      await pod.end();
      await until("RemovePodSandbox", () => ear.of(podId).includes("RemovePodSandbox"));
      assert.deepEqual(ear.ofContainer(id), ["StopContainer", "RemoveContainer"]);
      assert.deepEqual(
        ear.of(podId).filter((event) => event.endsWith("PodSandbox")),
        ["StopPodSandbox", "RemovePodSandbox"],
      );
    },
  },
  {
    title: "G6 what a plugin makes of an update takes its place, and other resources stay",
    run: async (stage) => {
      await using ear = await listen(stage.nriSocket);
      await using _changes = await connect(stage, "20", {
        createContainer: () => ({ adjust: adjustment().cpu({ quota: 44_000n, period: 100_000n }) }),
        updateContainer: ({ container }) => ({ updates: [update(container.id).cpu({ shares: 828n })] }),
      });
      await withContainer(stage, "g6", async (container) => {
        await stage.user.update(container.id, ENGINE_SHARES);
        assert.equal(sharesOf(container), "828");
        assert.equal(cgroup("cpu", "cpu.cfs_quota_us")(container), "44000");
        const told = await until("PostUpdateContainer", () =>
          ear.told.find(({ event, container: one }) => event === "postUpdateContainer" && one?.id === container.id),
        );
        const { cpu } = told.container?.linux?.resources ?? {};
        assert.deepEqual([cpu?.shares?.value, cpu?.quota?.value], [828n, 44_000n]);
      });
    },
  },
  {
    title: "G7 of updates the failed are listed unless they may fail, and what nobody knows is passed over",
    run: async (stage) => {
      await using plugin = await connect(stage, "20");
      await withContainer(stage, "g7", async ({ id }) => {
        await withContainer(stage, "g7other", async (other) => {
          const good = update(other.id).cpu({ shares: 616n });
          const failed = await plugin.session.updateContainers([
            update("nobody").cpu({ shares: 5n }),
            update(id).cpus("4000"),
            good,
          ]);
          assert.deepEqual(
            failed.map(({ containerId, linux }) => [containerId, linux?.resources?.cpu?.cpus]),
            [[id, "4000"]],
          );
          assert.equal(sharesOf(other), "616");
        });
        const may = update(id).cpus("4000").ignoreFailure();
        assert.deepEqual(await plugin.session.updateContainers([may]), []);
      });
    },
  },
  {
    title: "G8 an update from inside a handler is made, and holds nothing up",
    run: async (stage) => {
      const took: number[] = [];
      await using plugin = await connect(stage, "20", {
        startContainer: async ({ container }) => {
          const began = performance.now();
          await plugin.session.updateContainers([update(container.id).cpu({ shares: 717n })]);
          took.push(performance.now() - began);
        },
      });
      await withContainer(stage, "g8", async (container) => {
        assert.equal(sharesOf(container), "717");
        assert.ok((took[0] ?? REQUEST_MS) < REQUEST_MS, `${took[0]} ms`);
      });
    },
  },
  {
    title: "G9 a plugin that comes during a creation has the container in its state or is told of it, once",
    run: async (stage) => {
      let late: ReturnType<typeof connect> | undefined;
      const [created, started]: [string[], string[]] = [[], []];
      await using _slow = await connect(stage, "10", {
        createContainer: async () => {
          late ??= connect(stage, "20", {
            createContainer: ({ container }) => void created.push(container.id),
            postStartContainer: ({ container }) => void started.push(container.id),
          });
          await pause(500);
        },
      });
      await withContainer(stage, "g9", async ({ id }) => {
        assert.ok(late !== undefined);
        await using plugin = await late;
        assert.equal([...created, ...plugin.containers].filter((one) => one === id).length, 1);
        await until("PostStartContainer", () => started.includes(id));
      });
    },
  },
  {
    title: "G10 plugins are asked in the order of their index, and see what those before them changed",
    run: async (stage) => {
      const seen: string[][] = [];
      const adds = (index: string) =>
        connect(stage, index, {
          createContainer: ({ container }) => {
            seen.push(container.env.filter((one) => one.startsWith("FACT_BY")));
            return { adjust: adjustment().env(`FACT_BY_${index}`, "1") };
          },
        });
      await using _second = await adds("20");
      await using _first = await adds("10");
      await withContainer(stage, "g10", async (container) => {
        assert.deepEqual(seen, [[], ["FACT_BY_10=1"]]);
        assert.match(await container.sh(ENVIRONMENT), /^FACT_BY_20=1$/m);
      });
    },
  },
  {
    title: "G11 the default validator refuses what each of its switches is about",
    run: async (stage) => {
      const never = {
        reject_oci_hook_adjustment: [adjustment().hooks({ poststart: [{ path: "/bin/true" }] }), /OCI hook/],
        reject_namespace_adjustment: [adjustment().namespace("cgroup"), /namespace/],
        reject_sysctl_adjustment: [adjustment().sysctl("kernel.shm_rmid_forced", "1"), /sysctl/],
      } as const;
      for (const [key, [adjust, reason]] of Object.entries(never)) {
        await reload(stage, validator(`${key} = true`));
        await using _asks = await connect(stage, "10", { createContainer: () => ({ adjust }) });
        await refused(stage, "g11", reason);
      }
      await reload(stage, "");
    },
  },
  {
    title: "G11 a container without a required plugin is refused, unless it tolerates that; pods name more plugins",
    run: async (stage) => {
      const tolerates = "tolerates.fact.test";
      await reload(
        stage,
        validator(`required_plugins = ["20-case20", "case30"]\ntolerate_missing_plugins_annotation = "${tolerates}"`),
      );
      await refused(stage, "g11", /20-case20|case30/);
      await withContainer(stage, "g11tolerates", async () => undefined, { annotations: { [tolerates]: "true" } });
      await using _byIndex = await connect(stage, "20", { createContainer: () => undefined });
      await using _byName = await connect(stage, "30", { createContainer: () => undefined });
      await withContainer(stage, "g11there", async () => undefined);
      const more = { "required-plugins.noderesource.dev": '["case40"]' };
      await refused(stage, "g11more", /case40/, more);
      await using _more = await connect(stage, "40", { createContainer: () => undefined });
      await withContainer(stage, "g11more", async () => undefined, { annotations: more });
      await reload(stage, "");
    },
  },
  {
    title: "G12 a plugin of the folder is started with its configuration, a bad one is passed over, a removed one ends",
    run: async (stage) => {
      const { dir } = stage.bridge;
      for (const folder of ["plugins", "conf.d"]) mkdirSync(join(dir, folder), { recursive: true });
      const program = `${repositoryDir}packages/runtime/fixtures/tells-config.mjs`;
      install(join(dir, "plugins/10-tells"), `exec ${process.execPath} ${program}`);
      install(join(dir, "plugins/20-ends"), "exit 1");
      install(join(dir, "plugins/no-index"), "exit 1");
      writeFileSync(join(dir, "conf.d/10-tells.conf"), "from its file");
      await reload(stage, "");
      await withContainer(stage, "g12", async (container) => {
        assert.match(await container.sh(ENVIRONMENT), /^CONFIG=from its file$/m);
      });
      assert.match(stage.bridge.log(), /20-ends/);
      assert.match(stage.bridge.log(), /no-index/);
      for (const name of ["10-tells", "20-ends", "no-index"]) rmSync(join(dir, "plugins", name));
      await reload(stage, "");
      await withContainer(stage, "g12gone", async (container) => {
        assert.doesNotMatch(await container.sh(ENVIRONMENT), /^CONFIG=/m);
      });
    },
  },
  {
    title: "G13 switched off there is no socket, and containers run as they are; without connections the same",
    run: async (stage) => {
      for (const key of ["disable", "disable_connections"]) {
        await reload(stage, `${key} = true`);
        await until("the socket is gone", () => !existsSync(stage.nriSocket));
        await withContainer(stage, "g13", async (container) => {
          assert.equal((await container.sh("echo runs")).trim(), "runs");
        });
        await reload(stage, "");
        await until("the socket is back", () => isListening(stage.nriSocket));
      }
    },
  },
  {
    title: "G14 what exists is told in parts when it is more than one message holds",
    run: async (stage) => {
      const count = 4;
      const long = "x".repeat(Math.min(stage.maxAnnotation, 100_000));
      const annotations = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`fact.long${index}`, long]));
      const containers: string[] = [];
      await using pod = await stage.runPod({ name: "g14", namespace: "g" });
      for (let index = 0; index < count; index++) {
        const { id } = await pod.container({ name: `many${index}`, command: SLEEP, annotations });
        containers.push(id);
      }
      const lengths = new Map<string, number>();
      await using _plugin = await connect(stage, "10", {
        synchronize: ({ containers: all }) => {
          for (const { id, annotations: one } of all) lengths.set(id, JSON.stringify(one).length);
        },
      });
      for (const id of containers) assert.ok((lengths.get(id) ?? 0) > 12 * long.length, `${id} is told of in full`);
      assert.ok([...lengths.values()].reduce((a, b) => a + b) > 4 << 20, "more than one message holds");
    },
  },
];

function validator(lines: string): string {
  return `[plugins."io.containerd.nri.v1.nri".default_validator]\nenable = true\n${lines}`;
}

/** Writes a plugin that is a shell script. */
function install(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}
