// The steps of create, start, update and remove: every durable write and every call of somebody else is one of these, and has
// one place in the source. A crash is tried before and after each of them.

/** What is done in each step. Steps that ask plugins are named as the event. */
export const STEPS = {
  blockSync: "no plugin is synchronised from here on, until the operation is over",
  describe: "the engine is asked what is to be created",
  list: "the engine is asked what exists: a pod or container is not known, or a wrapper was lost",
  pid: "the engine is asked for the process of a container or sandbox",
  savePod: "the new sandbox is written down",
  saveFoundPod: "a pod that was not known is written down",
  runPodSandbox: "plugins are asked: RunPodSandbox",
  saveRunningPod: "the pod is written down as running",
  createContainer: "plugins are asked: CreateContainer",
  saveCreating: "the container is written down as it will be, adjusted",
  saveCreated: "the container is written down as created",
  postCreateContainer: "plugins are told: PostCreateContainer",
  dropUndone: "the record of a container that did not come to be is removed",
  saveAdopted: "a container or pod that was not known is written down",
  startContainer: "plugins are asked: StartContainer",
  saveStarted: "the container is written down as running",
  postStartContainer: "plugins are told: PostStartContainer",
  updateContainer: "plugins are asked: UpdateContainer",
  saveResources: "the container is written down with its new resources",
  postUpdateContainer: "plugins are told: PostUpdateContainer",
  updatePodSandbox: "plugins are asked: UpdatePodSandbox",
  updatePod: "the engine updates the pod",
  postUpdatePodSandbox: "plugins are told: PostUpdatePodSandbox",
  applyUpdate: "an engine is asked to update a container, because a plugin wants it",
  saveUpdated: "that container is written down with these resources",
  evict: "an engine is asked to evict a container, because a plugin wants it",
  answerProceed: "the wrapper is told to call the real runtime, and with what",
  awaitRuntime: "the real runtime does its work",
  answerPass: "the wrapper is told to call the real runtime with everything as it is",
  answerRefuse: "the wrapper is told to fail, and why",
  saveStopped: "the container is written down as stopped",
  stopContainer: "plugins are told: StopContainer",
  removeContainer: "plugins are told: RemoveContainer",
  dropContainer: "the record of the container is removed",
  saveStoppedPod: "the pod is written down as stopped",
  stopPodSandbox: "plugins are told: StopPodSandbox",
  removePodSandbox: "plugins are told: RemovePodSandbox",
  dropPod: "the record of the pod is removed",
  dropEnded: "the record of a container that has ended before the daemon came is removed",
  saveTakenIn: "what existed before anybody was told of it is written down",
  saveCaughtUp: "what a container has become meanwhile is written down",
} as const;

/** Name of a step. */
export type Step = keyof typeof STEPS;

/** The steps of operations in which nothing goes wrong, of a container with a pod of its own. Others come in where it does. */
export const OPERATIONS = {
  create: [
    "describe",
    "blockSync",
    "runPodSandbox",
    "createContainer",
    "saveCreating",
    "answerProceed",
    "awaitRuntime",
    "saveCreated",
    "postCreateContainer",
  ],
  start: ["blockSync", "startContainer", "answerProceed", "awaitRuntime", "saveStarted", "postStartContainer"],
  update: ["blockSync", "updateContainer", "answerProceed", "awaitRuntime", "saveResources", "postUpdateContainer"],
  exit: ["saveStopped", "stopContainer"],
  remove: ["blockSync", "removeContainer", "stopPodSandbox", "removePodSandbox", "dropContainer"],
} as const satisfies { readonly [operation: string]: readonly Step[] };

/** Told before and after each step; for tests that end the daemon there. */
export type OnStep = (step: Step, when: "before" | "after") => void;

/** Does the work of a step. */
export type StepRunner = <T>(step: Step, work: () => T | Promise<T>) => Promise<T>;

/** A runner that tells of each step. */
export function stepRunner(onStep: OnStep | undefined): StepRunner {
  return async (step, work) => {
    onStep?.(step, "before");
    const result = await work();
    onStep?.(step, "after");
    return result;
  };
}
