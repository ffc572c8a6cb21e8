// Which of containerd's namespaces calls of an OCI runtime are for.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RuntimeCall } from "./runtime-call.js";
import { shimNamespace } from "./shim-namespace.js";

const namespaceOf = (call: RuntimeCall) => shimNamespace(call, "containerd");

const BUNDLE = "/run/containerd/io.containerd.runtime.v2.task/ns.1/c1";

function call(parts: Partial<RuntimeCall>): RuntimeCall {
  return { verb: "create", id: "c1", root: "", bundle: "", engine: "containerd", ...parts };
}

test("the bundle tells the namespace, wherever containerd's state is", () => {
  assert.equal(namespaceOf(call({ bundle: BUNDLE, root: "/elsewhere" })), "ns.1");
  assert.equal(namespaceOf(call({ bundle: `/srv/state${BUNDLE}/`, engine: "oci" })), "ns.1");
});

test("a call without a bundle tells it by the last part of its root", () => {
  assert.equal(namespaceOf(call({ verb: "start", root: "/run/containerd/runc/k8s.io" })), "k8s.io");
  assert.equal(namespaceOf(call({ verb: "start", root: "/srv/other-root/default" })), "default");
});

test("a wrapper made for whoever calls takes nothing for containerd's that does not look like it", () => {
  assert.equal(namespaceOf(call({ engine: "oci", verb: "start", root: "/run/containerd/runc/default" })), "default");
  assert.equal(namespaceOf(call({ engine: "oci", verb: "start", root: "/run/runc" })), undefined);
  assert.equal(
    namespaceOf(call({ engine: "oci", bundle: "/srv/bundle", root: "/run/containerd/runc/default" })),
    undefined,
  );
});

test("other engines' calls, and names that containerd would not take, are none of its", () => {
  assert.equal(namespaceOf(call({ engine: "docker", bundle: BUNDLE })), undefined);
  for (const root of ["/run/containerd/runc/a b", "/run/containerd/runc/..", `/r/${"a".repeat(77)}`, ""]) {
    assert.equal(namespaceOf(call({ verb: "start", root })), undefined, root);
  }
});

test("calls of dockerd's shims tell it too, of those who want them", () => {
  const root = "/run/docker/runtime-runc/moby";
  assert.equal(namespaceOf(call({ engine: "docker", verb: "start", root })), undefined);
  assert.equal(shimNamespace(call({ engine: "docker", verb: "start", root }), "docker", "containerd"), "moby");
  assert.equal(shimNamespace(call({ engine: "oci", verb: "start", root }), "docker", "containerd"), "moby");
});
