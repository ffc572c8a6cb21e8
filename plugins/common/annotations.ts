// Annotations of a pod that ask a plugin for something: which of several counts, and an error that says where it was
// found. Spec: plugins 0.
import { getOwn, type PodSandbox } from "@nri/protocol";
import { errorText } from "./error-text.js";

/** The longest value that is parsed, in bytes: what Kubernetes allows all annotations of an object together. */
export const MAX_ANNOTATION_BYTES = 256 * 1024;

type Pod = Pick<PodSandbox, "annotations" | "name" | "namespace">;

/** One annotation that was found. */
export class Annotation {
  constructor(
    readonly pod: Pod,
    readonly key: string,
    readonly value: string,
    /** The container that it is read for; none in requests about pods. */
    readonly containerName?: string,
  ) {}

  /** An error that says `text` and then where the annotation is: pod, container, key. */
  error(text: string): Error {
    const container = this.containerName === undefined ? "" : `, container ${this.containerName}`;
    return new Error(`${text} (pod ${this.pod.namespace}/${this.pod.name}${container}, annotation ${this.key})`);
  }

  /**
   * What `parse` makes of the value. What `parse` throws gets the place behind its text, and `failure` before it where that
   * is given. A value longer than MAX_ANNOTATION_BYTES is refused without being repeated.
   */
  read<T>(parse: (value: string) => T, failure?: (value: string) => string): T {
    const bytes = Buffer.byteLength(this.value);
    if (bytes > MAX_ANNOTATION_BYTES)
      throw this.error(`annotation value of ${bytes} bytes is longer than ${MAX_ANNOTATION_BYTES}`);
    try {
      return parse(this.value);
    } catch (error) {
      const before = failure === undefined ? "" : `${failure(this.value)}: `;
      throw this.error(before + errorText(error));
    }
  }
}

/** Scopes for the whole pod: `KEY/pod`, then `KEY`. */
const POD_SCOPES = ["/pod", ""];

/**
 * The annotation that counts for a container: `KEY/container.NAME`, else `KEY/pod`, else `KEY`; in each scope the first of
 * `keys`, which are the present name and those of earlier releases. An empty value counts as there. Undefined without any.
 */
export function effectiveAnnotation(pod: Pod, keys: readonly string[], containerName: string): Annotation | undefined {
  return first(pod, keys, [`/container.${containerName}`, ...POD_SCOPES], containerName);
}

/** The annotation that a container has for itself: the first of `keys` that is there as `KEY/container.NAME`. */
export function containerAnnotation(pod: Pod, keys: readonly string[], containerName: string): Annotation | undefined {
  return first(pod, keys, [`/container.${containerName}`], containerName);
}

/** The annotation that counts for the pod itself: `KEY/pod`, else `KEY`; in each scope the first of `keys`. */
export function podAnnotation(pod: Pod, keys: readonly string[]): Annotation | undefined {
  return first(pod, keys, POD_SCOPES);
}

function first(
  pod: Pod,
  keys: readonly string[],
  scopes: readonly string[],
  containerName?: string,
): Annotation | undefined {
  for (const scope of scopes) {
    for (const name of keys) {
      const key = name + scope;
      const value = getOwn(pod.annotations, key);
      if (value !== undefined) return new Annotation(pod, key, value, containerName);
    }
  }
  return undefined;
}
