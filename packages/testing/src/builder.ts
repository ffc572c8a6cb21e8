// Pods by builder, for tests of plugins: the same way to a pod as a manifest takes, without writing YAML.
import { readDocuments } from "./input/read.js";
import { manifestToPods } from "./manifest/manifest.js";
import type { PodPlan } from "./plan.js";

/** Anything that can stand in a manifest. */
export type ManifestValue =
  | null
  | boolean
  | number
  | string
  | readonly ManifestValue[]
  | { readonly [key: string]: ManifestValue };

/** Fields of a container in a manifest, beside its name; `image` is `scratch` when not given. */
export interface ContainerFields {
  /** Reference of the image. */
  readonly image?: string;
  /** Program and first arguments. */
  readonly command?: readonly string[];
  /** Further arguments. */
  readonly args?: readonly string[];
  /** Variables by name. */
  readonly env?: { readonly [name: string]: string };
  /** Quantities by resource: `{ limits: { cpu: "500m" } }`. */
  readonly resources?: {
    readonly requests?: { readonly [name: string]: string | number };
    readonly limits?: { readonly [name: string]: string | number };
  };
  /** Any other field, as Kubernetes names it. */
  readonly [field: string]: ManifestValue | undefined;
}

type Group = "initContainers" | "containers" | "ephemeralContainers";

/** Builds a pod step by step; each method returns the builder, so that calls can be chained. */
export class PodBuilder {
  readonly #metadata: { [key: string]: ManifestValue };
  readonly #labels: [string, string][] = [];
  readonly #annotations: [string, string][] = [];
  readonly #spec: [string, ManifestValue][] = [];
  readonly #containers: Record<Group, ManifestValue[]> = {
    initContainers: [],
    containers: [],
    ephemeralContainers: [],
  };

  /** A pod called `name` in `namespace`. */
  constructor(name: string, namespace = "default") {
    this.#metadata = { name, namespace };
  }

  /** Sets a label of the pod. */
  label(key: string, value: string): this {
    this.#labels.push([key, value]);
    return this;
  }

  /** Sets an annotation of the pod. */
  annotation(key: string, value: string): this {
    this.#annotations.push([key, value]);
    return this;
  }

  /** Sets any field of the pod's spec beside its containers. */
  field(name: string, value: ManifestValue): this {
    this.#spec.push([name, value]);
    return this;
  }

  /** Adds an ordinary container. */
  container(name: string, fields: ContainerFields = {}): this {
    return this.#add("containers", name, fields);
  }

  /** Adds an init container; `restartPolicy: "Always"` makes it a sidecar. */
  initContainer(name: string, fields: ContainerFields = {}): this {
    return this.#add("initContainers", name, fields);
  }

  /** Adds an ephemeral container. */
  ephemeralContainer(name: string, fields: ContainerFields = {}): this {
    return this.#add("ephemeralContainers", name, fields);
  }

  /** The pod, ready to be played. A pod without an ordinary container gets one called `main`. Throws as `manifestToPods`. */
  build(): PodPlan {
    if (this.#containers.containers.length === 0) this.container("main");
    const manifest = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        ...this.#metadata,
        labels: Object.fromEntries(this.#labels),
        annotations: Object.fromEntries(this.#annotations),
      },
      spec: { ...Object.fromEntries(this.#spec), ...this.#containers },
    };
    const [plan] = manifestToPods(readDocuments(JSON.stringify(manifest, null, 1), "<pod builder>")).pods;
    if (plan === undefined) throw new TypeError("a manifest with one pod gave none");
    return plan;
  }

  #add(group: Group, name: string, fields: ContainerFields): this {
    const { env, image = "scratch", ...rest } = fields;
    const given = Object.entries(rest).filter((entry): entry is [string, ManifestValue] => entry[1] !== undefined);
    this.#containers[group].push({
      name,
      image,
      ...(env === undefined ? {} : { env: Object.entries(env).map(([key, value]) => ({ name: key, value })) }),
      ...Object.fromEntries(given),
    });
    return this;
  }
}

/** Starts building a pod: `pod("web").annotation("a", "b").container("c0", { command: ["sleep"] }).build()`. */
export function pod(name: string, namespace?: string): PodBuilder {
  return new PodBuilder(name, namespace);
}
