// How runtime and module call each other: the names of the exports, and the number that says where an answer is.

/** Version of the convention that we know; a module's `plugin_api_version` must give it. */
export const API_VERSION = 1;

/** RPC names of the calls, each of which a module must export: in the order in which the reference misses them. */
export const MODULE_CALLS = [
  "Configure",
  "Synchronize",
  "Shutdown",
  "RunPodSandbox",
  "UpdatePodSandbox",
  "PostUpdatePodSandbox",
  "StopPodSandbox",
  "RemovePodSandbox",
  "CreateContainer",
  "PostCreateContainer",
  "StartContainer",
  "PostStartContainer",
  "UpdateContainer",
  "PostUpdateContainer",
  "StopContainer",
  "RemoveContainer",
  "StateChange",
  "ValidateContainerAdjustment",
] as const;

/** `CreateContainer` is `plugin_create_container` among a module's exports. */
export function exportOf(call: string): string {
  return `plugin${call.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

/** Where an answer is in the module's memory. */
export interface Answer {
  readonly pointer: number;
  readonly size: number;
  /** The bytes are the text of an error. */
  readonly failed: boolean;
}

const SIZE_MASK = 0x7fff_ffff;

/** Takes the result of a call apart: the high half is a pointer, the low half a size, whose bit 31 marks an error. */
export function answerOf(result: bigint): Answer {
  const low = Number(BigInt.asUintN(32, result));
  return {
    pointer: Number(BigInt.asUintN(32, result >> 32n)),
    size: low & SIZE_MASK,
    failed: low > SIZE_MASK,
  };
}
