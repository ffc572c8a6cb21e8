// A container as Docker has it, and what it tells plugins of it: a pod and a container of the same id (spec: docker 4).
import { type Container, ContainerState, type Init, type PodSandbox } from "@nri/protocol";

/** A container of a Docker-like engine, with what its NRI looks at. */
export interface DockerContainer {
  /** Its id, which is that of its pod as well. */
  readonly id: string;
  /** As Docker keeps it: with a slash before it. */
  readonly name: string;
  /** Docker's word for it: `created`, `running`, `paused`, `restarting`, `removing`, `exited`, `dead`. */
  readonly state: string;
  /** Process id; 0 when it does not run. */
  readonly pid: number;
  /** Those of its configuration. */
  readonly labels: { readonly [key: string]: string };
  /** Those of the host configuration. */
  readonly annotations: { readonly [key: string]: string };
  /**
   * What plugins are told as its arguments. Docker told the configuration's `Cmd`, without the entrypoint, until August 2026; since
   * then (moby v2.0.0-beta.24) it is the whole command line, `Path` and `Args`.
   */
  readonly args: readonly string[];
  /** That of the configuration, the image's in it: `NAME=value`. */
  readonly env: readonly string[];
}

const STATES: { readonly [state: string]: ContainerState } = {
  created: ContainerState.CONTAINER_CREATED,
  running: ContainerState.CONTAINER_RUNNING,
  paused: ContainerState.CONTAINER_PAUSED,
  restarting: ContainerState.CONTAINER_PAUSED,
  removing: ContainerState.CONTAINER_STOPPED,
  exited: ContainerState.CONTAINER_STOPPED,
  dead: ContainerState.CONTAINER_STOPPED,
};

/** What NRI calls a state of Docker's. */
export function stateOf(state: string): ContainerState {
  return (Object.hasOwn(STATES, state) ? STATES[state] : undefined) ?? ContainerState.CONTAINER_UNKNOWN;
}

/** The pod that stands for a container. */
export function podOf({ id, name }: DockerContainer): Init<PodSandbox> {
  return { id, name };
}

/** A container as plugins are told of it. Nothing of the given one is shared: plugins' changes stay theirs. */
export function containerOf(container: DockerContainer): Init<Container> {
  const { id, name, state, pid, labels, annotations, args, env } = container;
  return {
    id,
    podSandboxId: id,
    name,
    state: stateOf(state),
    pid,
    labels: { ...labels },
    annotations: { ...annotations },
    args: [...args],
    env: [...env],
    linux: {},
  };
}
