// A planned pod on a real machine: what of the plan is replaced, what is left out and told, what stays.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ContainerPlan, manifestToPods, type PodPlan, readDocuments } from "@nri/testing";
import type { Machine } from "./machine.js";
import { type RealPlan, realPlan } from "./real-plan.js";

const MACHINE: Machine = {
  runtime: "/bin/runc",
  monitor: { program: "/bin/perl", args: [] },
  cgroup: 2,
  swapLimit: true,
  leastOomScoreAdj: -1000n,
  apparmor: false,
  selinux: false,
};

function planned(spec: string, container = "", annotations = ""): PodPlan {
  const text = `
apiVersion: v1
kind: Pod
metadata: {name: web, uid: u-1${annotations}}
spec:
  ${spec}
  containers: [{name: main, image: busybox, command: [a]${container}}]
`;
  const [pod] = manifestToPods(readDocuments(text, "web.yaml")).pods;
  assert.ok(pod !== undefined);
  return pod;
}

function real(plan: PodPlan, machine: Partial<Machine> = {}): RealPlan & { readonly main: ContainerPlan } {
  const made = realPlan(plan, {
    machine: { ...MACHINE, ...machine },
    pid: 4711,
    createdAt: 5n,
    folder: "/scratch/web",
    cgroup: "/nri-run/r/web",
    rootfs: (id) => `/rootfs/${id}`,
  });
  const [main] = made.plan.containers;
  assert.ok(main !== undefined);
  return { ...made, main };
}

test("a pod has the holder's process and namespaces, its own cgroup, and no address", () => {
  const { plan } = real(planned("hostname: h"));
  assert.deepEqual([plan.pod.pid, plan.pod.ips, plan.pod.linux?.cgroupParent], [4711, [], "/nri-run/r/web"]);
  assert.deepEqual(
    plan.pod.linux?.namespaces.map(({ type, path }) => [type, path]),
    [
      ["pid", "/proc/4711/ns/pid"],
      ["ipc", "/proc/4711/ns/ipc"],
      ["uts", "/proc/4711/ns/uts"],
      ["network", "/proc/4711/ns/net"],
    ],
  );
});

test("containers join what the pod has, and have the rest alone; plugins are told so", () => {
  const { main } = real(planned("hostNetwork: true"));
  const namespaces = main.spec.linux?.namespaces?.map(({ type, path }) => `${type} ${path ?? "new"}`);
  assert.deepEqual(namespaces, [
    "pid new",
    "ipc /proc/4711/ns/ipc",
    "uts /proc/4711/ns/uts",
    "mount new",
    "network /proc/4711/ns/net",
    "cgroup new",
  ]);
  const { id, linux } = main.container;
  assert.deepEqual([main.spec.root?.path, main.spec.linux?.cgroupsPath], [`/rootfs/${id}`, `/nri-run/r/web/${id}`]);
  assert.equal(linux?.cgroupsPath, `/nri-run/r/web/${id}`);
  assert.deepEqual(
    linux?.namespaces.map(({ type, path }) => `${type} ${path || "new"}`),
    namespaces,
  );
});

test("what this machine has not is left out, and told", () => {
  const context =
    ", securityContext: {appArmorProfile: {type: RuntimeDefault}, seLinuxOptions: {level: s0}}, tty: true";
  const limits = ", resources: {limits: {memory: 64Mi}}";
  const { main } = real(planned("hostUsers: false", context + limits), { cgroup: 1, swapLimit: false });
  const { process, linux } = main.spec;
  assert.deepEqual(
    [process?.apparmorProfile, process?.selinuxLabel, linux?.mountLabel],
    [undefined, undefined, undefined],
  );
  assert.deepEqual([process?.terminal, linux?.resources?.unified], [false, undefined]);
  assert.deepEqual(linux?.resources?.memory, { limit: 67_108_864n });
  for (const note of [/^AppArmor profile: /, /^SELinux label: /, /^tty: /])
    assert.ok(
      main.notes.some((each) => note.test(each)),
      String(note),
    );
});

test("what it has stays", () => {
  const context = ", securityContext: {appArmorProfile: {type: RuntimeDefault}}, resources: {limits: {memory: 64Mi}}";
  const { main } = real(planned("", context), { apparmor: true });
  assert.equal(main.spec.process?.apparmorProfile, "cri-containerd.apparmor.d");
  assert.deepEqual(main.spec.linux?.resources?.memory, { limit: 67_108_864n, swap: 67_108_864n });
  assert.deepEqual(main.spec.linux?.resources?.unified, { "memory.oom.group": "1" });
});

test("oom_score_adj is not below what this process may give", () => {
  const guaranteed = ", resources: {limits: {memory: 64Mi, cpu: 100m}}";
  assert.equal(real(planned("", guaranteed)).main.spec.process?.oomScoreAdj, -997n);
  assert.equal(real(planned("", guaranteed), { leastOomScoreAdj: 0n }).main.spec.process?.oomScoreAdj, 0n);
});

test("mounts of kubelet and engine lead into the pod's folder, and what they need is known; those of the host stay", () => {
  const volumes =
    "volumes: [{name: e, emptyDir: {}}, {name: h, hostPath: {path: /srv}}, {name: c, configMap: {name: x}}]";
  const mounts = ", volumeMounts: [{name: e, mountPath: /e}, {name: h, mountPath: /h}, {name: c, mountPath: /c}]";
  const { main, needed } = real(planned(volumes, mounts));
  const sources = new Map(main.spec.mounts?.map(({ destination, source }) => [destination, source]));
  assert.equal(sources.get("/h"), "/srv");
  assert.equal(sources.get("/e"), "/scratch/web/kubelet/volumes/kubernetes.io~empty-dir/e");
  assert.equal(sources.get("/etc/hostname"), "/scratch/web/sandbox/hostname");
  assert.ok(!sources.has("/var/run/secrets/kubernetes.io/serviceaccount"));
  const kinds = new Map(needed.map(({ path, kind }) => [path.slice(path.lastIndexOf("/") + 1), kind]));
  assert.deepEqual(
    ["e", "c", "shm", "hostname", "etc-hosts", "resolv.conf", "srv"].map((name) => kinds.get(name)),
    ["folder", "folder", "folder", "file", "file", "file", undefined],
  );
  assert.ok(main.notes.some((note) => note === "/c in main is an empty folder: what its volume holds is not known"));
  assert.ok(!main.notes.some((note) => note.startsWith("/e ")));
});
