// Which Kubernetes objects hold pods, and where: every kind with a pod template, and lists of them.
import { TestingError } from "../errors.js";
import { stableSuffix, stableUid } from "../identity.js";
import { type Located, quote } from "../input/located.js";
import { LIMITS } from "../limits.js";

/** A pod found in an input: its metadata and spec, named as the controller of its workload would name it. */
export interface FoundPod {
  /** Kind of the object it came from. */
  readonly kind: string;
  /** Name of the object it came from. */
  readonly owner: string;
  readonly name: string;
  readonly namespace: string;
  /** Labels and annotations that the controller adds to those of the template. */
  readonly addedLabels: readonly (readonly [key: string, value: string])[];
  readonly metadata: Located;
  readonly spec: Located;
  readonly status: Located | undefined;
  readonly notes: readonly string[];
}

/** What was found in the documents of an input. */
export interface FoundObjects {
  readonly pods: readonly FoundPod[];
  /** Handler by RuntimeClass name, for classes that the input defines. */
  readonly runtimeHandlers: ReadonlyMap<string, string>;
  /** Objects that are valid and hold no pod, as `Kind name`. */
  readonly skipped: readonly string[];
}

interface WorkloadRow {
  /** API group, "" for the core group. */
  readonly groups: readonly string[];
  readonly template: (object: Located) => Located;
  readonly podName: (name: string) => string;
  readonly labels: (name: string, podName: string, uid: string) => readonly (readonly [string, string])[];
}

const random = (name: string) => `${name}-${stableSuffix(5, "pod", name)}`;
const hash = (name: string) => stableSuffix(9, "template", name);
const specTemplate = (object: Located) => object.get("spec").get("template");
const none = () => [];

/** One row for each kind with a pod template: where it is, and how its controller names and labels a pod. */
const WORKLOADS: { readonly [kind: string]: WorkloadRow } = {
  Deployment: {
    groups: ["apps", "extensions"],
    template: specTemplate,
    podName: (name) => random(`${name}-${hash(name)}`),
    labels: (name) => [["pod-template-hash", hash(name)]],
  },
  ReplicaSet: { groups: ["apps", "extensions"], template: specTemplate, podName: random, labels: none },
  ReplicationController: { groups: [""], template: specTemplate, podName: random, labels: none },
  DaemonSet: {
    groups: ["apps", "extensions"],
    template: specTemplate,
    podName: random,
    labels: (name) => [
      ["controller-revision-hash", hash(name)],
      ["pod-template-generation", "1"],
    ],
  },
  StatefulSet: {
    groups: ["apps"],
    template: specTemplate,
    podName: (name) => `${name}-0`,
    labels: (name, podName) => [
      ["apps.kubernetes.io/pod-index", "0"],
      ["controller-revision-hash", `${name}-${hash(name)}`],
      ["statefulset.kubernetes.io/pod-name", podName],
    ],
  },
  Job: { groups: ["batch"], template: specTemplate, podName: random, labels: jobLabels },
  CronJob: {
    groups: ["batch"],
    template: (object) => object.get("spec").get("jobTemplate").get("spec").get("template"),
    podName: (name) => random(`${name}-29450880`),
    labels: (name, _podName, uid) => jobLabels(`${name}-29450880`, "", uid),
  },
  PodTemplate: { groups: [""], template: (object) => object.get("template"), podName: random, labels: none },
};

function jobLabels(name: string, _podName: string, uid: string): readonly (readonly [string, string])[] {
  return [
    ["batch.kubernetes.io/controller-uid", uid],
    ["batch.kubernetes.io/job-name", name],
    ["controller-uid", uid],
    ["job-name", name],
  ];
}

/** Kinds that often stand in the same file and hold no pod. */
const WITHOUT_PODS = new Set(
  `APIService ClusterRole ClusterRoleBinding ConfigMap CSIDriver CustomResourceDefinition Endpoints EndpointSlice
   HorizontalPodAutoscaler Ingress IngressClass Lease LimitRange MutatingWebhookConfiguration Namespace NetworkPolicy
   PersistentVolume PersistentVolumeClaim PodDisruptionBudget PriorityClass ResourceClaim ResourceClaimTemplate
   ResourceQuota Role RoleBinding RuntimeClass Secret Service ServiceAccount StorageClass
   ValidatingWebhookConfiguration`.split(/\s+/),
);

/**
 * Finds every pod in the documents, in their order; one pod for each workload, whatever its number of replicas.
 * Refuses unknown kinds, and an input without any pod.
 */
export function findPods(documents: readonly Located[], file: string): FoundObjects {
  const pods: FoundPod[] = [];
  const handlers = new Map<string, string>();
  const skipped: string[] = [];
  let objects = 0;
  const visit = (object: Located, implied: string | undefined): void => {
    objects += 1;
    if (objects > LIMITS.objects) object.fail(`is one of more than ${LIMITS.objects} objects`);
    const kind = implied !== undefined && !object.get("kind").exists ? implied : object.get("kind").string();
    const apiVersion = object.get("apiVersion").optionalString();
    const group = apiVersion?.includes("/") === true ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
    const listOf = kind.endsWith("List") ? kind.slice(0, -"List".length) : undefined;
    const workload = Object.hasOwn(WORKLOADS, kind) ? WORKLOADS[kind] : undefined;
    if (listOf === "" || (listOf !== undefined && (listOf === "Pod" || Object.hasOwn(WORKLOADS, listOf)))) {
      for (const item of object.get("items").list()) visit(asTop(item), listOf === "" ? undefined : listOf);
    } else if (kind === "Pod" && group === "") {
      pods.push(fromPod(object));
    } else if (workload !== undefined && (apiVersion === undefined || workload.groups.includes(group))) {
      pods.push(fromWorkload(kind, workload, object));
    } else if (WITHOUT_PODS.has(kind) && isKubernetes(group)) {
      const name = object.get("metadata").get("name").optionalString() ?? "";
      if (kind === "RuntimeClass") handlers.set(name, object.get("handler").string());
      skipped.push(`${kind} ${name}`.trim());
    } else {
      const known = ["Pod", ...Object.keys(WORKLOADS), "List"].join(", ");
      const of = apiVersion === undefined ? "" : ` of ${quote(apiVersion)}`;
      object.get("kind").fail(`${quote(kind)}${of} is not known; known are ${known}`);
    }
  };
  for (const document of documents) visit(document, undefined);
  if (pods.length === 0) {
    const what = skipped.length === 0 ? "no object" : skipped.slice(0, 5).join(", ");
    throw new TestingError("invalid-input", `no pod in this input: it holds ${what}`, {
      position: { file, line: documents[0]?.line ?? 1 },
    });
  }
  return { pods, runtimeHandlers: handlers, skipped };
}

/** Whether an API group is Kubernetes' own; others may use the same names for other things. */
function isKubernetes(group: string): boolean {
  return !group.includes(".") || group.endsWith(".k8s.io");
}

function asTop(item: Located): Located {
  if (!item.exists) item.fail("must be an object, is null");
  return item;
}

function fromPod(object: Located): FoundPod {
  const metadata = object.get("metadata");
  const generate = metadata.get("generateName").optionalString();
  const given = metadata.get("name").optionalString();
  const name =
    given ?? (generate === undefined ? metadata.get("name").string() : generate + stableSuffix(5, "pod", generate));
  if (name === "") metadata.get("name").string();
  const namespace = metadata.get("namespace").optionalString() ?? "default";
  const spec = requiredMap(object.get("spec"));
  const status = object.get("status");
  return { kind: "Pod", owner: name, name, namespace, addedLabels: [], metadata, spec, status, notes: [] };
}

function fromWorkload(kind: string, row: WorkloadRow, object: Located): FoundPod {
  const metadata = object.get("metadata");
  const owner = metadata.get("name").string();
  const namespace = metadata.get("namespace").optionalString() ?? "default";
  const template = row.template(object);
  const spec = requiredMap(template.get("spec"));
  const name = row.podName(owner);
  const uid = metadata.get("uid").optionalString() ?? stableUid(kind, namespace, owner);
  const replicas =
    object
      .get("spec")
      .get("replicas")
      .optionalInteger(0n, 2n ** 31n - 1n) ?? 1n;
  const notes = replicas > 1n ? [`${kind} ${owner} has ${replicas} replicas; one is played`] : [];
  const addedLabels = row.labels(owner, name, uid);
  return {
    kind,
    owner,
    name,
    namespace,
    addedLabels,
    metadata: template.get("metadata"),
    spec,
    status: undefined,
    notes,
  };
}

function requiredMap(place: Located): Located {
  if (!place.exists) place.fail("is missing");
  place.entries();
  return place;
}
