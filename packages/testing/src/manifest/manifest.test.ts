// Manifests to pods: what kubelet and containerd would make of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSpec, printSpec } from "@nri/oci";
import { readDocuments } from "../input/read.js";
import type { PodPlan } from "../plan.js";
import { manifestToPods } from "./manifest.js";

function pods(text: string): readonly PodPlan[] {
  return manifestToPods(readDocuments(text, "pod.yaml")).pods;
}

/** A pod with one container; `spec` and `container` are lines of YAML. */
function one(container: string, spec = ""): PodPlan["containers"][number] & { plan: PodPlan } {
  const indent = (text: string, by: string) =>
    text
      .trim()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => by + line)
      .join("\n");
  const [plan] = pods(`apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
${indent(spec, "  ")}
  containers:
  - name: c0
    image: nginx
${indent(container, "    ")}
`);
  const found = plan?.containers.find(({ container: { name } }) => name === "c0");
  assert.ok(plan !== undefined && found !== undefined);
  return { ...found, plan };
}

const mountAt = (plan: PodPlan["containers"][number], destination: string) =>
  plan.spec.mounts?.find((mount) => mount.destination === destination);

test("the same manifest gives the same pods, to the byte", () => {
  const text = "kind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: i}]}\n";
  const print = (plans: readonly PodPlan[]) =>
    JSON.stringify(plans, (_key, value) => (typeof value === "bigint" ? String(value) : value));
  assert.equal(print(pods(text)), print(pods(text)));
});

test("ids are 64 hex digits, uids are UUIDs, and two pods of one name differ", () => {
  const text = "kind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: i}]}\n";
  const [first, second] = pods(`${text}---\n${text}`);
  assert.ok(first !== undefined && second !== undefined);
  assert.match(first.pod.id, /^[0-9a-f]{64}$/);
  assert.match(first.pod.uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(first.pod.id, second.pod.id);
  assert.notEqual(first.containers[0]?.container.id, second.containers[0]?.container.id);
  assert.notEqual(first.pod.pid, second.pod.pid);
});

test("every workload's template becomes one pod, named and labelled as its controller does", () => {
  const template = "{metadata: {labels: {app: x}}, spec: {containers: [{name: c, image: i}]}}";
  const cases: [kind: string, apiVersion: string, spec: string, name: RegExp, label: string][] = [
    [
      "Deployment",
      "apps/v1",
      `spec: {replicas: 3, template: ${template}}`,
      /^w-[a-z0-9]{9}-[a-z0-9]{5}$/,
      "pod-template-hash",
    ],
    ["ReplicaSet", "apps/v1", `spec: {template: ${template}}`, /^w-[a-z0-9]{5}$/, "app"],
    ["ReplicationController", "v1", `spec: {template: ${template}}`, /^w-[a-z0-9]{5}$/, "app"],
    ["DaemonSet", "apps/v1", `spec: {template: ${template}}`, /^w-[a-z0-9]{5}$/, "controller-revision-hash"],
    ["StatefulSet", "apps/v1", `spec: {template: ${template}}`, /^w-0$/, "statefulset.kubernetes.io/pod-name"],
    ["Job", "batch/v1", `spec: {template: ${template}}`, /^w-[a-z0-9]{5}$/, "batch.kubernetes.io/job-name"],
    ["CronJob", "batch/v1", `spec: {jobTemplate: {spec: {template: ${template}}}}`, /^w-\d+-[a-z0-9]{5}$/, "job-name"],
    ["PodTemplate", "v1", `template: ${template}`, /^w-[a-z0-9]{5}$/, "app"],
  ];
  for (const [kind, apiVersion, spec, name, label] of cases) {
    const [plan, ...more] = pods(
      `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: w, namespace: ns}\n${spec}\n`,
    );
    assert.ok(plan !== undefined && more.length === 0, kind);
    assert.match(plan.pod.name, name, kind);
    assert.equal(plan.pod.namespace, "ns", kind);
    assert.equal(plan.pod.labels.app, "x", kind);
    assert.ok(Object.hasOwn(plan.pod.labels, label), kind);
    assert.equal(plan.notes.length, kind === "Deployment" ? 1 : 0, kind);
  }
});

test("lists, typed lists and many documents are read in order, and objects without pods are named and passed over", () => {
  const item = (name: string) =>
    `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {containers: [{name: c, image: i}]}}`;
  const bare = "{metadata: {name: c}, spec: {containers: [{name: c, image: i}]}}";
  const text = `---\n${item("a")}\n---\nkind: List\nitems: [${item("b")}, {kind: Service, metadata: {name: s}}]\n---\nkind: PodList\nitems: [${bare}]\n`;
  const found = manifestToPods(readDocuments(text, "many.yaml"));
  assert.deepEqual(
    found.pods.map(({ pod }) => pod.name),
    ["a", "b", "c"],
  );
  assert.deepEqual(found.skipped, ["Service s"]);
});

test("containers come in the order of their creation, each with its role", () => {
  const [plan] = pods(`kind: Pod
metadata: {name: a}
spec:
  ephemeralContainers: [{name: debug, image: i}]
  containers: [{name: main, image: i}, {name: second, image: i}]
  initContainers: [{name: setup, image: i}, {name: proxy, image: i, restartPolicy: Always}]
`);
  assert.deepEqual(
    plan?.containers.map(({ role, container }) => [container.name, role]),
    [
      ["setup", "init"],
      ["proxy", "sidecar"],
      ["main", "container"],
      ["second", "container"],
      ["debug", "ephemeral"],
    ],
  );
});

test("arguments are command and args with variables put in; an unknown entrypoint is said, not guessed", () => {
  const known = one(`command: ["sh", "-c"]\nargs: ["echo $(NAME) $$(NAME) $(OTHER)"]\nenv: [{name: NAME, value: x}]`);
  assert.deepEqual(known.container.args, ["sh", "-c", "echo x $(NAME) $(OTHER)"]);
  assert.deepEqual(known.notes, []);
  const unknown = one(`args: ["-v"]`);
  assert.deepEqual(unknown.container.args, ["<entrypoint of docker.io/library/nginx:latest>", "-v"]);
  assert.deepEqual(unknown.notes, ["args: the image's entrypoint is not known; a placeholder stands there"]);
});

test("the environment keeps its order and what is in it twice, and valueFrom is shown as unresolved", () => {
  const plan = one(`
env:
- {name: A, value: "1"}
- {name: B, value: "$(A)2"}
- {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
- {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
- {name: A, value: "3"}
- {name: URL, value: "x:$(PASSWORD)"}
envFrom: [{configMapRef: {name: cfg}}]`);
  assert.deepEqual(plan.container.env, [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOSTNAME=web",
    "A=1",
    "B=12",
    "PASSWORD=<unresolved secretKeyRef db/password>",
    "IP=<unresolved fieldRef status.podIP>",
    "A=3",
    "URL=x:<unresolved secretKeyRef db/password>",
  ]);
  assert.match(plan.notes.join("\n"), /envFrom configMapRef cfg/);
  assert.match(plan.notes.join("\n"), /env PASSWORD: valueFrom secretKeyRef db\/password is not resolved/);
});

test("requests and limits become shares, quota, memory and oom_score_adj of the pod's class", () => {
  const burstable = one(
    "resources: {requests: {cpu: 250m, memory: 4Gi}, limits: {cpu: 500m, memory: 8Gi, hugepages-2Mi: 4Mi}}",
  );
  const { resources, oomScoreAdj, cgroupsPath } = burstable.container.linux ?? {};
  assert.equal(resources?.cpu?.shares?.value, 256n);
  assert.equal(resources?.cpu?.quota?.value, 50_000n);
  assert.equal(resources?.cpu?.period?.value, 100_000n);
  assert.equal(resources?.memory?.limit?.value, 8n * 1024n ** 3n);
  // containerd leaves them out of specs by default
  assert.deepEqual(resources?.hugepageLimits, []);
  assert.match(burstable.notes.join("\n"), /hugepages-2Mi: limits the pod's cgroup/);
  assert.equal(oomScoreAdj?.value, 750n);
  assert.match(cgroupsPath ?? "", /^kubepods-burstable-pod[0-9a-f_]{36}\.slice:cri-containerd:[0-9a-f]{64}$/);

  const guaranteed = one("resources: {limits: {cpu: 1, memory: 64Mi}}");
  assert.equal(guaranteed.container.linux?.oomScoreAdj?.value, -997n);
  assert.match(guaranteed.container.linux?.cgroupsPath ?? "", /^kubepods-pod[0-9a-f_]{36}\.slice:/);
  assert.equal(guaranteed.plan.pod.linux?.podResources?.memory?.limit?.value, 67_108_864n);

  const best = one("");
  assert.equal(best.container.linux?.oomScoreAdj?.value, 1000n);
  assert.equal(best.container.linux?.resources?.cpu?.shares?.value, 2n);
  assert.equal(best.container.linux?.resources?.cpu?.quota, undefined);
  assert.equal(best.container.linux?.resources?.memory?.limit, undefined);
  assert.match(
    best.plan.pod.linux?.cgroupParent ?? "",
    /^\/kubepods\.slice\/kubepods-besteffort\.slice\/kubepods-besteffort-pod/,
  );
});

test("a pod needs what runs together: init steps do not add up, sidecars do", () => {
  const [plan] = pods(`kind: Pod
metadata: {name: a}
spec:
  initContainers:
  - {name: i1, image: i, resources: {requests: {cpu: 3}}}
  - {name: side, image: i, restartPolicy: Always, resources: {requests: {cpu: 1}}}
  - {name: i2, image: i, resources: {requests: {cpu: 4}}}
  containers:
  - {name: c, image: i, resources: {requests: {cpu: 2}}}
`);
  assert.equal(plan?.pod.linux?.podResources?.cpu?.shares?.value, 5n * 1024n);
});

test("volumes become mounts where kubelet would put them, read-only and propagated as said", () => {
  const plan = one(
    `volumeMounts:
- {name: tmp, mountPath: /tmp/a}
- {name: cfg, mountPath: /etc/cfg}
- {name: host, mountPath: /host, readOnly: true, mountPropagation: HostToContainer}
- {name: host, mountPath: /both, mountPropagation: Bidirectional}
- {name: data, mountPath: /data, subPath: db}
- {name: secret, mountPath: relative}`,
    `volumes:
- {name: tmp, emptyDir: {medium: Memory}}
- {name: cfg, configMap: {name: c}}
- {name: secret, secret: {secretName: s}}
- {name: host, hostPath: {path: /srv}}
- {name: data, persistentVolumeClaim: {claimName: claim}}`,
  );
  const uid = plan.plan.pod.uid;
  const folder = `/var/lib/kubelet/pods/${uid}`;
  const expected: [destination: string, source: string, options: string[]][] = [
    ["/tmp/a", `${folder}/volumes/kubernetes.io~empty-dir/tmp`, ["rbind", "rprivate", "rw"]],
    ["/etc/cfg", `${folder}/volumes/kubernetes.io~configmap/cfg`, ["rbind", "rprivate", "ro"]],
    ["/relative", `${folder}/volumes/kubernetes.io~secret/secret`, ["rbind", "rprivate", "ro"]],
    ["/host", "/srv", ["rbind", "rslave", "ro"]],
    ["/both", "/srv", ["rbind", "rshared", "rw"]],
    ["/data", `${folder}/volume-subpaths/data/c0/4`, ["rbind", "rprivate", "rw"]],
    ["/etc/hosts", `${folder}/etc-hosts`, ["rbind", "rprivate", "rw"]],
  ];
  for (const [destination, source, options] of expected) {
    assert.deepEqual(mountAt(plan, destination), { destination, type: "bind", source, options });
  }
  assert.ok(mountAt(plan, "/var/run/secrets/kubernetes.io/serviceaccount")?.options?.includes("ro"));
  assert.match(plan.notes.join(), /volume data: the volume behind claim claim is not known/);
});

test("a container's own mount wins over those that kubelet and engine add, and the token can be left out", () => {
  const plan = one(
    "volumeMounts: [{name: v, mountPath: /etc/hosts}, {name: v, mountPath: /dev/shm}]",
    "automountServiceAccountToken: false\nvolumes: [{name: v, emptyDir: {}}]",
  );
  for (const path of ["/etc/hosts", "/dev/shm"]) {
    const mounts = plan.spec.mounts?.filter(({ destination }) => destination === path) ?? [];
    assert.deepEqual(
      mounts.map(({ source }) => source?.endsWith("empty-dir/v")),
      [true],
      path,
    );
  }
  assert.equal(mountAt(plan, "/var/run/secrets/kubernetes.io/serviceaccount"), undefined);
});

test("security contexts of pod and container become user, groups, capabilities, seccomp and protection", () => {
  const plan = one(
    `securityContext:
  runAsUser: 1000
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL], add: [NET_BIND_SERVICE, SYS_TIME]}
  seccompProfile: {type: Localhost, localhostProfile: p.json}`,
    `securityContext:
  runAsUser: 1
  runAsGroup: 2000
  fsGroup: 3000
  supplementalGroups: [4000]
  sysctls: [{name: net.core.somaxconn, value: "1024"}]`,
  );
  assert.deepEqual(plan.spec.process?.user, { uid: 1000, gid: 2000, additionalGids: [2000, 3000, 4000] });
  assert.equal(plan.spec.process?.noNewPrivileges, true);
  assert.equal(plan.spec.root?.readonly, true);
  assert.deepEqual(plan.spec.process?.capabilities?.effective, ["CAP_NET_BIND_SERVICE", "CAP_SYS_TIME"]);
  const { profileType, localhostRef } = plan.container.linux?.seccompProfile ?? {};
  assert.deepEqual([profileType, localhostRef], [2, "/var/lib/kubelet/seccomp/p.json"]);
  assert.deepEqual(plan.plan.spec.linux?.sysctl, {
    "net.core.somaxconn": "1024",
    "net.ipv4.ip_unprivileged_port_start": "0",
    "net.ipv4.ping_group_range": "0 2147483647",
  });
  assert.deepEqual(plan.plan.spec.process?.user, { uid: 1, gid: 2000, additionalGids: [2000] });
  assert.ok((plan.spec.linux?.maskedPaths?.length ?? 0) > 5);
});

test("a privileged container has all capabilities and devices, and nothing is hidden from it", () => {
  const plan = one("securityContext: {privileged: true}");
  assert.equal(plan.spec.process?.capabilities?.bounding?.length, 41);
  assert.deepEqual(plan.spec.linux?.resources?.devices, [{ allow: true, access: "rwm" }]);
  assert.equal(plan.spec.linux?.maskedPaths, undefined);
  assert.equal(
    plan.spec.linux?.namespaces?.some(({ type }) => type === "cgroup"),
    false,
  );
  assert.ok(mountAt(plan, "/sys")?.options?.includes("rw"));
});

test("host namespaces are not joined anew, shared ones are those of the sandbox", () => {
  const types = (plan: PodPlan["containers"][number]) =>
    plan.spec.linux?.namespaces?.map(({ type, path }) => [type, path ?? ""]);
  const plain = one("");
  const of = (kind: string) => `/proc/${plain.plan.pod.pid}/ns/${kind}`;
  assert.deepEqual(types(plain), [
    ["pid", ""],
    ["ipc", of("ipc")],
    ["uts", of("uts")],
    ["mount", ""],
    ["network", of("net")],
    ["cgroup", ""],
  ]);
  assert.deepEqual(
    types(one("", "hostPID: true"))?.find(([type]) => type === "pid"),
    ["pid", of("pid")],
  );
  assert.deepEqual(
    types(one("", "shareProcessNamespace: true"))?.find(([type]) => type === "pid"),
    ["pid", of("pid")],
  );
  const host = one("", "hostNetwork: true\nnodeName: worker-3");
  assert.equal(
    host.plan.pod.linux?.namespaces.some(({ type }) => type === "network"),
    false,
  );
  assert.deepEqual(host.plan.pod.ips, []);
  assert.ok(host.container.env.includes("HOSTNAME=worker-3"));
});

test("labels and annotations are those that kubelet and containerd set, and any key survives", () => {
  const [plan] = pods(`kind: Pod
metadata:
  name: web
  labels: {"__proto__": polluted, constructor: c, ${"k".repeat(65_536)}: long}
  annotations: {"__proto__": a}
spec: {containers: [{name: c0, image: "i@sha256:${"0".repeat(64)}", ports: [{containerPort: 80}]}]}
`);
  assert.ok(plan !== undefined);
  assert.equal(Object.getOwnPropertyDescriptor(plan.pod.labels, "__proto__")?.value, "polluted");
  assert.equal(Object.getOwnPropertyDescriptor(plan.pod.annotations, "__proto__")?.value, "a");
  assert.equal(plan.pod.labels["k".repeat(65_536)], "long");
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  const [c0] = plan.containers;
  assert.equal(c0?.container.labels["io.kubernetes.container.name"], "c0");
  assert.equal(c0?.container.annotations["io.kubernetes.cri.sandbox-id"], plan.pod.id);
  assert.equal(c0?.container.annotations["io.kubernetes.container.ports"], '[{"containerPort":80,"protocol":"TCP"}]');
  assert.equal(c0?.container.image?.digest, `sha256:${"0".repeat(64)}`);
});

test("a spec made from a manifest prints and parses without loss", () => {
  const { spec } = one("resources: {limits: {memory: 9223372036854775807}}");
  assert.deepEqual(parseSpec(printSpec(spec)), spec);
  assert.match(printSpec(spec), /"limit":9223372036854775807/);
});

test("what the pod's containers need adds up as kubelet adds it, and what nobody says is 0", () => {
  const [plan] = pods(`kind: Pod
metadata: {name: a}
spec:
  containers:
  - {name: c, image: i, resources: {limits: {cpu: 500m, memory: 64Mi}}}
  - {name: d, image: i}
`);
  const { podResources, podOverhead } = plan?.pod.linux ?? {};
  assert.equal(podResources?.cpu?.quota?.value, 50_000n);
  assert.equal(podResources?.memory?.limit?.value, 67_108_864n);
  assert.deepEqual([podOverhead?.cpu?.shares?.value, podOverhead?.memory?.limit?.value], [0n, 0n]);
  assert.equal(plan?.spec.annotations?.["io.kubernetes.cri.sandbox-memory"], "67108864");
});

test("the root is as open as the most open mount, and the engine is told the image as it is written", () => {
  const mount = (propagation: string) =>
    one(
      `volumeMounts: [{name: v, mountPath: /v, mountPropagation: ${propagation}}]`,
      "volumes: [{name: v, emptyDir: {}}]",
    );
  assert.equal(mount("None").spec.linux?.rootfsPropagation, undefined);
  assert.equal(mount("HostToContainer").spec.linux?.rootfsPropagation, "rslave");
  assert.equal(mount("Bidirectional").spec.linux?.rootfsPropagation, "rshared");
  const plain = one("");
  assert.equal(plain.container.annotations["io.kubernetes.cri.image-name"], "nginx");
  assert.equal(plain.container.image?.name, "docker.io/library/nginx:latest");
});

test("values for the engine's own variables and mounts take the place of these", () => {
  const plan = one(
    `tty: true
env: [{name: A, value: b}, {name: TERM, value: vt100}, {name: PATH, value: /bin}]
volumeMounts: [{name: v, mountPath: /sys/fs/cgroup}, {name: v, mountPath: /dev}]`,
    "volumes: [{name: v, emptyDir: {}}]",
  );
  assert.deepEqual(plan.container.env, ["PATH=/bin", "TERM=vt100", "HOSTNAME=web", "A=b"]);
  const paths = plan.spec.mounts?.map(({ destination }) => destination) ?? [];
  assert.deepEqual(paths.slice(0, 2), ["/proc", "/sys"]);
  assert.equal(new Set(paths).size, paths.length);
  assert.equal(paths.includes("/dev/pts"), false);
});

test("a capability written with CAP_ has no effect, as in containerd, and that is said", () => {
  const plan = one("securityContext: {capabilities: {add: [CAP_SYS_TIME], drop: [chown]}}");
  const bounding = plan.spec.process?.capabilities?.bounding ?? [];
  assert.deepEqual([bounding.includes("CAP_SYS_TIME"), bounding.includes("CAP_CHOWN")], [false, false]);
  assert.match(plan.notes.join("\n"), /capability CAP_SYS_TIME: must be written without CAP_/);
});
