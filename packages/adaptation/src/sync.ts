// The runtime's state in pieces that fit in one message each: one pass, each object encoded once. Pure.
import { Container, type Init, PodSandbox } from "@nri/protocol";
import { AdaptationError } from "./errors.js";

/** One Synchronize request, encoded. */
export interface SyncPart {
  readonly payload: Uint8Array;
  readonly pods: number;
  readonly containers: number;
  /** Another part follows. */
  readonly more: boolean;
}

/** `SynchronizeRequest`: tags of `pods` (1) and `containers` (2), and of `more` (3) set to true. */
const PODS = 0x0a;
const CONTAINERS = 0x12;
const MORE = [0x18, 0x01] as const;

/**
 * Cuts pods and containers into requests of at most `maxPayloadBytes`, pods first; always at least one part. Encodes an
 * object when its turn comes, so that the state is never in memory twice. Throws `sync-object-too-large` for an object
 * that is too large for a message of its own.
 */
export function* splitState(
  pods: readonly Init<PodSandbox>[],
  containers: readonly Init<Container>[],
  maxPayloadBytes: number,
): Generator<SyncPart, void, undefined> {
  const room = maxPayloadBytes - MORE.length;
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  let podCount = 0;
  let containerCount = 0;
  const part = (more: boolean): SyncPart => {
    const payload = new Uint8Array(bytes + (more ? MORE.length : 0));
    let at = 0;
    for (const piece of pieces) {
      payload.set(piece, at);
      at += piece.length;
    }
    if (more) {
      payload.set(MORE, at);
    }
    const made = { payload, pods: podCount, containers: containerCount, more };
    pieces = [];
    bytes = podCount = containerCount = 0;
    return made;
  };
  for (let i = 0; i < pods.length + containers.length; i++) {
    const pod = pods[i];
    const container = containers[i - pods.length];
    let encoded: Uint8Array;
    let tag: number;
    if (pod !== undefined) {
      encoded = PodSandbox.encode(pod);
      tag = PODS;
    } else if (container !== undefined) {
      encoded = Container.encode(container);
      tag = CONTAINERS;
    } else {
      continue;
    }
    const head = fieldHead(tag, encoded.length);
    const size = head.length + encoded.length;
    if (size > room) {
      const what =
        pod !== undefined ? `pod "${pod.name}" (${pod.id})` : `container "${container?.name}" (${container?.id})`;
      throw new AdaptationError(
        "sync-object-too-large",
        `${what} takes ${size} bytes, a Synchronize message holds ${room}`,
        { request: "Synchronize" },
      );
    }
    if (bytes + size > room) {
      yield part(true);
    }
    pieces.push(head, encoded);
    bytes += size;
    if (pod !== undefined) {
      podCount++;
    } else {
      containerCount++;
    }
  }
  yield part(false);
}

/** Tag and length of a length-delimited field. */
function fieldHead(tag: number, length: number): Uint8Array {
  const head = [tag];
  let rest = length;
  while (rest > 0x7f) {
    head.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  head.push(rest);
  return Uint8Array.from(head);
}
