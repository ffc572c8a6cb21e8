// What a spec alone tells of its container and of the pod that is made up for it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Spec } from "@nri/oci";
import { describeBySpec } from "./by-spec.js";

function described(annotations: { [key: string]: string }) {
  const spec: Spec = { ociVersion: "1.2.0", annotations };
  const found = describeBySpec(spec, "c1");
  assert.ok(found.kind === "container");
  const { known, pod } = found;
  return [known.id, known.name, known.podSandboxId, known.image?.name, pod?.id, pod?.name, pod?.namespace, pod?.uid];
}

test("a container of nobody is called as its id, and so is its pod", () => {
  assert.deepEqual(described({ "example.org/a": "b" }), ["c1", "c1", "c1", undefined, "c1", "c1", "", ""]);
});

test("names that CRI-O has written are taken over, but each container has a pod of its own", () => {
  const annotations = {
    "io.kubernetes.cri-o.ContainerType": "container",
    "io.kubernetes.cri-o.SandboxID": "sandbox",
    "io.kubernetes.pod.name": "web",
    "io.kubernetes.pod.namespace": "shop",
    "io.kubernetes.pod.uid": "u-1",
    "io.kubernetes.container.name": "main",
    "io.kubernetes.cri-o.ImageName": "docker.io/library/nginx:1",
  };
  const image = "docker.io/library/nginx:1";
  assert.deepEqual(described(annotations), ["c1", "main", "c1", image, "c1", "web", "shop", "u-1"]);
});

test("what podman writes names neither container nor pod", () => {
  const annotations = { "io.container.manager": "libpod", "io.kubernetes.cri-o.SandboxID": "infra" };
  assert.deepEqual(described(annotations), ["c1", "c1", "c1", undefined, "c1", "c1", "", ""]);
});
