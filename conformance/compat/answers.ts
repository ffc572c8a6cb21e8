// What the plugins of these tests answer, the same in every surface.
import {
  CreateContainerRequest,
  CreateContainerResponse,
  EVENTS,
  type Init,
  StopContainerResponse,
  UpdateContainerRequest,
  UpdateContainerResponse,
} from "@nri/protocol";
import { StatusCode, StatusError } from "@nri/ttrpc";
import type { WirePluginOptions } from "../faults/wire-plugin.js";
import type { Spec } from "./commands.js";

/** Answers CreateContainer. */
export function creates(
  answer: (request: CreateContainerRequest) => Init<CreateContainerResponse>,
): Partial<WirePluginOptions> {
  return {
    answers: {
      CreateContainer: (payload) => CreateContainerResponse.encode(answer(CreateContainerRequest.decode(payload))),
    },
  };
}

/** Answers UpdateContainer. */
export function updates(
  answer: (request: UpdateContainerRequest) => Init<UpdateContainerResponse>,
): Partial<WirePluginOptions> {
  return {
    events: EVENTS.updateContainer.mask,
    answers: {
      UpdateContainer: (payload) => UpdateContainerResponse.encode(answer(UpdateContainerRequest.decode(payload))),
    },
  };
}

/** Answers StopContainer. */
export function stops(update: Init<StopContainerResponse>["update"]) {
  return { answers: { StopContainer: () => StopContainerResponse.encode({ update }) } };
}

/** Subscribed to creations and updates. */
export const BOTH = EVENTS.createContainer.mask | EVENTS.updateContainer.mask;

/** For `assert.rejects`: the status that the runtime answers with. */
export function isStatus(code: keyof typeof StatusCode, text: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof StatusError && error.status === StatusCode[code] && text.test(error.message);
}

/** Never answers a creation. */
export const SILENT: Partial<WirePluginOptions> = {
  events: EVENTS.createContainer.mask | EVENTS.postCreateContainer.mask,
  fault: { method: "CreateContainer", kind: "hang", strikes: 1, lateMs: 0 },
};

/** An event that no runtime knows, beside creations. */
export const UNKNOWN_EVENTS = EVENTS.createContainer.mask | 0x4000_0000;

/** Removes what the container came with; and names, in this order, a variable that it adds and removes. */
export const REMOVALS: Init<CreateContainerResponse> = {
  adjust: {
    env: [{ key: "-GONE" }, { key: "BOTH", value: "new" }, { key: "-BOTH" }],
    linux: { devices: [{ path: "-/dev/gone" }] },
  },
};

/** Everything that the generator of the reference drops. */
export const DROPPED: Init<CreateContainerResponse> = {
  adjust: {
    rlimits: [{ type: "RLIMIT_NOFILE", hard: 4096n, soft: 4096n }],
    linux: {
      seccompPolicy: { defaultAction: "SCMP_ACT_ERRNO", defaultErrno: { value: 38 } },
      resources: {
        memory: {
          limit: { value: 1000n },
          reservation: { value: 1n },
          swap: { value: 2000n },
          kernel: { value: 3n },
          kernelTcp: { value: 4n },
          swappiness: { value: 5n },
          disableOomKiller: { value: true },
          useHierarchy: { value: true },
        },
      },
    },
  },
};

/** What becomes of `DROPPED` in a spec that limits RLIMIT_NOFILE to 1024. */
export const APPLIED = {
  default: {
    memory: {
      limit: 1000,
      reservation: 1,
      swap: 2000,
      kernel: 3,
      kernelTCP: 4,
      swappiness: 5,
      disableOOMKiller: true,
      useHierarchy: true,
    },
    errno: 38,
    rlimits: [{ type: "RLIMIT_NOFILE", hard: 4096, soft: 4096 }],
  },
  reference: {
    memory: { limit: 1000, swap: 1000 },
    errno: undefined,
    rlimits: [
      { type: "RLIMIT_NOFILE", hard: 1024, soft: 1024 },
      { type: "RLIMIT_NOFILE", hard: 4096, soft: 4096 },
    ],
  },
} as const;

/** What `APPLIED` is about in a spec. */
export function applied({ linux, process }: Spec): object {
  return {
    memory: linux.resources?.memory,
    errno: linux.seccomp?.defaultErrnoRet,
    rlimits: process.rlimits,
  };
}
