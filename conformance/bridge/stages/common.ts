// What stages have in common: a bridge that ends after its engine, the real runtime, and pods of one container each.
import type { TestContainer, TestPod } from "../../containerd/pods.js";
import { Child } from "../../peers/child.js";
import { containerdFiles } from "../../peers/containerd.js";
import { use } from "../../requirements.js";
import { type BridgeSettings, makeBridge, type TestBridge } from "../bridge.js";
import type { Stage } from "../stages.js";

/** runc 1.3 everywhere: older ones lack fields. */
export async function runc(): Promise<string> {
  return `${use(await containerdFiles("2.1")).dir}/bin/runc`;
}

/** A stage with a bridge; what `make` keeps ends before it, in any case. */
export async function withBridge(
  settings: BridgeSettings,
  make: (
    bridge: TestBridge,
    keep: <T extends AsyncDisposable>(one: T) => T,
  ) => Promise<Omit<Stage, typeof Symbol.asyncDispose>>,
): Promise<Stage> {
  const bridge = await makeBridge(settings);
  const kept: AsyncDisposable[] = [bridge];
  const end = async (): Promise<void> => {
    for (let one = kept.pop(); one !== undefined; one = kept.pop()) await one[Symbol.asyncDispose]();
  };
  try {
    const stage = await make(bridge, (one) => {
      kept.push(one);
      return one;
    });
    return { ...stage, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Makes it when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** A container to run by name. */
export interface ContainerToRun {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Further options of the client. */
  readonly options?: readonly string[] | undefined;
}

/** Pairs as options of a client: `--env KEY=VALUE`. */
export function pairs(option: string, all: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries(all).flatMap(([key, value]) => [option, `${key}=${value}`]);
}

const SLEEPS = ["sh", "-c", "trap 'exit 7' TERM; sleep 3600 & wait"];

/** A pod for the cases whose containers are named after it and run by `run`, where plugins see a pod for each. */
export function podOfContainers(
  options: { readonly name: string; readonly namespace?: string; readonly annotations?: object },
  run: (container: ContainerToRun) => Promise<TestContainer>,
): TestPod {
  const { name, namespace = "default", annotations = {} } = options;
  const containers: TestContainer[] = [];
  const pod: TestPod = {
    id: name,
    name,
    namespace,
    ids: () => containers.map(({ id }) => id),
    container: async ({ name: own, command = SLEEPS, env, annotations: more }) => {
      const one = await run({
        name: `${namespace}-${name}-${own}`,
        command,
        env,
        annotations: { ...annotations, ...more } as Readonly<Record<string, string>>,
      });
      const container: TestContainer = {
        ...one,
        remove: async () => {
          await one.remove();
          containers.splice(containers.indexOf(container), 1);
        },
      };
      containers.push(container);
      return container;
    },
    end: async () => {
      for (const container of [...containers]) {
        await container.stop();
        await container.remove();
      }
    },
    [Symbol.asyncDispose]: async () => await pod.end(),
  };
  return pod;
}

/** Waits for a line of a container that a client is attached to. */
export async function attached(program: string, words: readonly string[], line: string): Promise<void> {
  const client = new Child(program, words);
  await client.until(`"${line}" of the container`, (lines) => lines.find((one) => one.trimEnd() === line));
  // any other signal it may pass on to the container
  client.kill("SIGKILL");
  await client.exited;
}
