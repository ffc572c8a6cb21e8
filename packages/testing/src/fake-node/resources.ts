// Resources that a test asks for: the message, or quantities as Kubernetes writes them.
import type { Init, LinuxResources } from "@nri/protocol";
import { TestingError } from "../errors.js";
import { parseQuantity } from "../manifest/quantity.js";
import { resourcesUpdate } from "../manifest/resources.js";

/** Limits as Kubernetes writes them: `{ cpu: "500m", memory: "64Mi" }`. */
export interface ResourceQuantities {
  /** CPUs: `"2"`, `"500m"`. */
  readonly cpu?: string;
  /** Bytes: `"64Mi"`. */
  readonly memory?: string;
}

/** Resources for an update: the message, or quantities. */
export type ResourcesInput = Init<LinuxResources> | ResourceQuantities;

/** The message. Refuses (`invalid-option`) what is no quantity. */
export function resourcesOf(input: ResourcesInput): Init<LinuxResources> {
  if (!areQuantities(input)) return input;
  return resourcesUpdate(quantity("cpu", input.cpu, 1000n), quantity("memory", input.memory, 1n));
}

function areQuantities(input: ResourcesInput): input is ResourceQuantities {
  return typeof input.cpu === "string" || typeof input.memory === "string";
}

function quantity(name: string, text: string | undefined, scale: bigint): bigint | undefined {
  if (text === undefined) return undefined;
  const value = parseQuantity(text, scale);
  if (value !== undefined && value > 0n) return value;
  throw new TestingError("invalid-option", `${name}: "${text}" is no quantity such as 500m or 64Mi`);
}
