// What plugins hear of a pod with one container that is run, and ends, without anything else.

/** Names of the events, in their order. */
export const UNDISTURBED_LIFE: readonly string[] = [
  "RunPodSandbox",
  "CreateContainer",
  "PostCreateContainer",
  "StartContainer",
  "PostStartContainer",
  "StopContainer",
  "RemoveContainer",
  "StopPodSandbox",
  "RemovePodSandbox",
];
