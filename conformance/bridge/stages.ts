// Where the bridge is tried: real engines that call its wrapper, each with what it takes to run containers there.
import type { CaseStage } from "../containerd/cases.js";
import { runPod, type TestContainer } from "../containerd/pods.js";
import {
  type Containerd,
  type ContainerdFiles,
  type ContainerdLine,
  containerdFiles,
  startContainerd,
} from "../peers/containerd.js";
import { use } from "../requirements.js";
import { makeBridge, type TestBridge } from "./bridge.js";
import { type Ctr, ctrOf, ctrPod, ctrRun } from "./ctr.js";
import { FACT_ANNOTATIONS, FACT_COMMAND, FACT_ENV } from "./fact-place.js";

/** Where plugins and containers meet. */
export interface Stage extends CaseStage, AsyncDisposable {
  readonly name: string;
  /** As in the table of capabilities. */
  readonly domain: string;
  readonly bridge: TestBridge;
  readonly containerd: Containerd;
  /** `ctr` in the namespace of the domain. */
  readonly ctr: Ctr;
  /** Runs the container of the facts. */
  factContainer(name: string): Promise<TestContainer>;
}

/** What is to be told apart. */
export interface StageKind {
  readonly name: string;
  readonly line: ContainerdLine;
  readonly by: "ctr" | "cri";
}

/** The engines on containerd. */
export const STAGES: readonly StageKind[] = [
  { name: "ctr on containerd 2.1", line: "2.1", by: "ctr" },
  { name: "CRI on containerd 1.6", line: "1.6", by: "cri" },
  { name: "CRI on containerd 2.1 without its own NRI", line: "2.1", by: "cri" },
];

/** Starts containerd with the wrapper, and the bridge. `network`: pods may have a network of their own. */
export async function startStage(
  kind: StageKind,
  files: ContainerdFiles,
  options: { readonly network?: boolean; readonly config?: string } = {},
): Promise<Stage> {
  const bridge = await makeBridge({
    runtime: await runc(),
    engine: "containerd",
    ...(options.config === undefined ? {} : { config: options.config }),
  });
  let containerd: Containerd | undefined;
  const end = async (): Promise<void> => {
    await containerd?.[Symbol.asyncDispose]();
    await bridge[Symbol.asyncDispose]();
  };
  try {
    const env = {
      NRI_DISABLE: "true",
      RUNC: bridge.wrapper,
      ...(options.network ? { CNI_SUBNET: "10.88.23.0/24" } : {}),
    };
    containerd = await startContainerd(files, { env });
    await bridge.serve(containerd.socket);
    return stageOn(kind, bridge, containerd, files.dir, end);
  } catch (error) {
    await end();
    throw error;
  }
}

/** runc 1.3 everywhere: older ones lack fields. */
async function runc(): Promise<string> {
  return `${use(await containerdFiles("2.1")).dir}/bin/runc`;
}

function stageOn(
  { name, by }: StageKind,
  bridge: TestBridge,
  containerd: Containerd,
  dir: string,
  end: () => Promise<void>,
): Stage {
  const common = {
    name,
    bridge,
    containerd,
    nriSocket: bridge.nriSocket,
    restart: () => bridge.restart(),
    // in order: they are told
    ends: "shutdown" as const,
    [Symbol.asyncDispose]: end,
  };
  const { socket } = containerd;
  if (by === "ctr") {
    const ctr = ctrOf({ dir, socket }, "default");
    return {
      ...common,
      domain: "containerd:default",
      ctr,
      namespaceOf: () => "default",
      runPod: async (pod) => ctrPod(ctr, containerd, bridge.wrapper, pod),
      factContainer: async (id) =>
        await ctrRun(ctr, containerd, bridge.wrapper, {
          id,
          command: FACT_COMMAND,
          env: FACT_ENV,
          annotations: FACT_ANNOTATIONS,
        }),
    };
  }
  const pod = once(() => runPod(containerd, { name: "facts", namespace: "facts" }));
  return {
    ...common,
    domain: "containerd:k8s.io",
    ctr: ctrOf({ dir, socket }, "k8s.io"),
    namespaceOf: (namespace) => namespace,
    runPod: (options) => runPod(containerd, options),
    factContainer: async (id) =>
      await (await pod()).container({
        name: id,
        command: FACT_COMMAND,
        env: FACT_ENV,
        annotations: FACT_ANNOTATIONS,
      }),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
