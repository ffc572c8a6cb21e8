// What plugins are told of pods and containers, from records of real containerds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Container, ContainerState, LinuxResources, PodSandbox } from "@nri/protocol";
import { TASK_STATUS, type Task } from "./api-types.js";
import { containerMetadata, criResources, sandboxMetadata } from "./cri.js";
import { kindOf } from "./kind.js";
import { loneContainer, lonePod, podContainer, recorded as recordedContainer, recordedState } from "./known.js";
import { networkFile, podFrom, podOfContainer } from "./pod.js";
import { RELEASES, recorded } from "./recorded.fixture.js";

for (const release of RELEASES) {
  test(`a pod of containerd ${release} has all that CRI keeps of it`, () => {
    const { record, spec, task } = recorded(release, "sandbox");
    const pod = PodSandbox.create(
      podFrom({
        id: record.id,
        spec,
        metadata: sandboxMetadata(record),
        recordLabels: { name: "pod-pod_ns1_pod-pod-uid_3" },
        pid: task.pid,
        hasNetwork: true,
      }),
    );
    assert.equal(pod.id, record.id);
    assert.equal(pod.name, "pod-pod");
    assert.equal(pod.namespace, "ns1");
    assert.equal(pod.uid, "pod-pod-uid");
    assert.deepEqual(pod.labels, { app: "a", name: "pod-pod_ns1_pod-pod-uid_3" });
    assert.equal(pod.annotations["pod.anno/x"], "1");
    assert.equal(pod.annotations["io.kubernetes.cri.sandbox-id"], record.id);
    assert.equal(pod.runtimeHandler, "runc");
    assert.equal(pod.pid, task.pid);
    assert.match(pod.ips.join(), /^10\.88\.9[12]\.\d+$/);
    assert.deepEqual(
      pod.linux?.podOverhead,
      LinuxResources.create({
        cpu: { shares: { value: 10n }, quota: { value: 10_000n }, period: { value: 100_000n } },
        memory: { limit: { value: 16_777_216n } },
      }),
    );
    assert.equal(pod.linux?.podResources?.memory?.limit?.value, 134_217_728n);
    assert.deepEqual(pod.linux?.podResources?.hugepageLimits, [{ pageSize: "2MB", limit: 0n }]);
    assert.equal(pod.linux?.cgroupParent, "/peers/pod1");
    assert.equal(pod.linux?.cgroupsPath, `/peers/pod1/${record.id}`);
    assert.equal(pod.linux?.resources?.cpu?.shares?.value, 2n);
    assert.deepEqual(
      pod.linux?.namespaces.find(({ type }) => type === "network"),
      { type: "network", path: networkFile(spec) },
    );
  });

  test(`a container of containerd ${release} has all that CRI keeps of it`, () => {
    const sources = recorded(release, "container");
    const { record, spec, task, status } = sources;
    assert.equal(kindOf("k8s.io", { "io.cri-containerd.kind": "container" }, undefined), "container");
    const metadata = containerMetadata(record);
    const container = Container.create(
      podContainer({ id: record.id, namespace: "k8s.io", ...sources, imageDigest: "sha256:m" }, metadata),
    );
    assert.equal(container.podSandboxId, spec.annotations?.["io.kubernetes.cri.sandbox-id"]);
    assert.equal(container.name, "c1");
    assert.equal(container.state, ContainerState.CONTAINER_RUNNING);
    assert.deepEqual(container.labels, { "c.label": "l", "io.cri-containerd.kind": "container" });
    assert.equal(container.annotations["c.anno"], "2");
    assert.equal(container.annotations["io.kubernetes.cri.container-name"], "c1");
    assert.equal(container.pid, task.pid);
    assert.equal(container.createdAt, BigInt(status?.createdAt ?? 0));
    assert.equal(container.startedAt, BigInt(status?.startedAt ?? 0));
    assert.equal(container.finishedAt, 0n);
    assert.equal(container.image?.name, "localhost/peers/busybox:1");
    assert.equal(container.image?.digest, "sha256:m");
    assert.match(container.image?.configDigest ?? "", /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual(container.linux?.seccompProfile, { profileType: 1, localhostRef: "" });
    assert.deepEqual(container.CDIDevices, release === "2.1.9" ? [{ name: "vendor.com/device=one" }] : []);
  });
}

test("where containerd cannot be asked, the annotations of the spec say which pod and container it is", () => {
  const { record, spec } = recorded("2.1.9", "container");
  assert.equal(kindOf("k8s.io", undefined, spec.annotations ?? {}), "container");
  const known = Container.create(podContainer({ id: record.id, namespace: "k8s.io", spec }, undefined));
  assert.equal(known.name, "c1");
  assert.equal(known.image?.name, "localhost/peers/busybox:1");
  const pod = PodSandbox.create(podOfContainer(spec));
  assert.deepEqual([pod.id, pod.name, pod.namespace, pod.uid], [known.podSandboxId, "pod-pod", "ns1", "pod-pod-uid"]);
});

test("only CRI's own records are pods and containers of pods, whatever annotations say", () => {
  const claims = { "io.kubernetes.cri.container-type": "sandbox" };
  assert.equal(kindOf("k8s.io", {}, claims), "alone");
  assert.equal(kindOf("default", { "io.cri-containerd.kind": "sandbox" }, claims), "alone");
  assert.equal(kindOf("default", undefined, claims), "alone");
});

test("a container alone has a pod of its id, with its labels and annotations", () => {
  const { record } = recorded("2.1.9", "container");
  const sources = {
    id: "c1",
    namespace: "default",
    record: {
      ...record,
      labels: [
        { key: "nerdctl/name", value: "web" },
        { key: "__proto__", value: "x" },
      ],
    },
    spec: { ociVersion: "1", annotations: { a: "1" } },
  };
  const container = Container.create(loneContainer(sources));
  assert.deepEqual([container.id, container.podSandboxId, container.name], ["c1", "c1", "web"]);
  const pod = PodSandbox.create(lonePod(sources));
  assert.deepEqual([pod.id, pod.name, pod.namespace, pod.uid], ["c1", "web", "default", ""]);
  assert.deepEqual(Object.entries(pod.labels), [
    ["nerdctl/name", "web"],
    ["__proto__", "x"],
  ]);
  assert.deepEqual(pod.annotations, { a: "1" });
  assert.equal(Container.create(loneContainer({ ...sources, record: undefined })).name, "c1");
});

test("a pod in the host's network has no addresses, and one whose network is gone no namespace for it", () => {
  const { record, spec } = recorded("2.1.9", "sandbox");
  const [extension] = record.extensions;
  const text = Buffer.from(extension?.value?.value ?? "")
    .toString()
    .replace('"namespace_options":{', '"namespace_options":{"network":2,');
  const value = { type_url: "", value: Buffer.from(text) };
  const metadata = sandboxMetadata({ ...record, extensions: [{ key: extension?.key ?? "", value }] });
  assert.deepEqual(metadata?.ips, []);
  const pod = PodSandbox.create(podFrom({ id: "p", spec, metadata }));
  assert.equal(
    pod.linux?.namespaces.some(({ type }) => type === "network"),
    false,
  );
});

test("a pod's further addresses come after the first, in their order", () => {
  const { record } = recorded("2.1.9", "sandbox");
  const [extension] = record.extensions;
  const text = Buffer.from(extension?.value?.value ?? "").toString();
  const value = {
    type_url: "",
    value: Buffer.from(text.replace('"AdditionalIPs":null', '"AdditionalIPs":["fd00::2","fd00::1"]')),
  };
  const metadata = sandboxMetadata({ ...record, extensions: [{ key: extension?.key ?? "", value }] });
  assert.deepEqual(metadata?.ips.slice(1), ["fd00::2", "fd00::1"]);
});

test("the image is told as far as it is known", () => {
  const { record, spec } = recorded("2.1.9", "container");
  const metadata = containerMetadata(record);
  const bare = { id: "c", namespace: "k8s.io", spec: { ...spec, annotations: {} } };
  assert.equal(Container.create(podContainer(bare, undefined)).image, undefined);
  const { image } = Container.create(podContainer(bare, metadata));
  assert.deepEqual(image, { name: "", digest: "", configDigest: metadata?.imageRef });
});

test("a record without CRI's metadata, or with another form of it, tells nothing more", () => {
  const { record } = recorded("2.1.9", "container");
  assert.equal(containerMetadata({ ...record, extensions: [] }), undefined);
  const value = { type_url: "", value: Buffer.from('{"Metadata":{"Config":[],"SandboxID":7}}') };
  const odd = containerMetadata({ ...record, extensions: [{ key: "io.cri-containerd.container.metadata", value }] });
  assert.equal(odd?.name, "");
  assert.equal(odd?.sandboxId, "");
});

test("the largest integers of CRI's resources keep their digits", () => {
  assert.equal(criResources({ memory_limit_in_bytes: 2n ** 63n - 1n })?.memory?.limit?.value, 2n ** 63n - 1n);
});

test("the state of a recorded container comes from its task, then from CRI", () => {
  const { record, spec, task, status } = recorded("2.1.9", "container");
  const base = { id: "c", namespace: "k8s.io", record, spec };
  const running = (value: number): Task => ({ ...task, status: value });
  assert.equal(recordedState({ ...base, task: running(TASK_STATUS.PAUSING) }), ContainerState.CONTAINER_PAUSED);
  assert.equal(
    recordedState({ ...base, task: running(TASK_STATUS.CREATED), status }),
    ContainerState.CONTAINER_CREATED,
  );
  assert.equal(recordedState({ ...base, task: running(TASK_STATUS.UNKNOWN) }), ContainerState.CONTAINER_RUNNING);
  assert.equal(recordedState(base), ContainerState.CONTAINER_STOPPED);
  assert.equal(recordedContainer(base, {}).exitCode, 255, "nobody knows it any more");
  const cri = { state: 0, createdAt: "1", startedAt: "2", finishedAt: "3", exitCode: 9 };
  assert.equal(
    recordedState({ ...base, status: cri }),
    ContainerState.CONTAINER_UNKNOWN,
    "not made by an OCI runtime yet",
  );
  assert.equal(recordedState({ ...base, status: { ...cri, state: 2 } }), ContainerState.CONTAINER_STOPPED);
  const ended = Container.create(podContainer({ ...base, status: { ...cri, state: 2 } }, undefined));
  assert.deepEqual([ended.finishedAt, ended.exitCode, ended.pid], [3n, 9, 0]);
});
