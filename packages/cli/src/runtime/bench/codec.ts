// What coding costs: the request itself, and the envelope of ttRPC around it.
import { performance } from "node:perf_hooks";
import { CreateContainerRequest, PLUGIN_SERVICE } from "@nri/protocol";
import { decodeRequest, encodeRequest } from "@nri/ttrpc";

const ROUNDS = 10;
const TIMEOUT_NANO = 1_999_999_999n;

/** Microseconds for one, median and least of ten rounds. */
export function measureCodec(template: CreateContainerRequest, count: number): object {
  const bytes = CreateContainerRequest.encode(template);
  const envelope = (): Uint8Array =>
    encodeRequest({
      service: PLUGIN_SERVICE,
      method: "CreateContainer",
      payload: bytes,
      timeoutNano: TIMEOUT_NANO,
      metadata: [],
    });
  const wrapped = envelope();
  const works: [name: string, work: () => unknown][] = [
    ["marshal", () => CreateContainerRequest.encode(template)],
    ["unmarshal", () => CreateContainerRequest.decode(bytes)],
    ["clone", () => CreateContainerRequest.create(template)],
    ["wrap", envelope],
    ["unwrap", () => decodeRequest(wrapped)],
  ];
  const result: { [key: string]: number } = {};
  for (const [name, work] of works) {
    const { median, least } = rounds(work, Math.max(1, Math.floor(count / ROUNDS)));
    result[`${name}_us`] = median;
    result[`${name}_min_us`] = least;
  }
  return { req_bytes: bytes.length, k: count, ...result };
}

function rounds(work: () => unknown, count: number): { median: number; least: number } {
  for (let i = 0; i < count; i++) work();
  const took = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    for (let i = 0; i < count; i++) work();
    return ((performance.now() - start) * 1000) / count;
  }).sort((a, b) => a - b);
  return { median: took[ROUNDS / 2] ?? 0, least: took[0] ?? 0 };
}
