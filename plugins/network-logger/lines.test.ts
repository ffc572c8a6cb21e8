// Tests of the network logger's lines.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PodSandbox } from "@nri/protocol";
import { addresses, network } from "./lines.js";

const pod = (given: Parameters<typeof PodSandbox.create>[0]) =>
  PodSandbox.create({ name: "web", namespace: "default", ...given });

test("a pod has the path of its first network namespace, and its addresses in the runtime's order", () => {
  const namespaces = [
    { type: "pid", path: "/proc/7/ns/pid" },
    { type: "network", path: "/run/netns/a" },
    { type: "network", path: "/run/netns/b" },
  ];
  assert.equal(
    network(pod({ ips: ["10.0.0.2", "fd00::2"], linux: { namespaces } })),
    "default/web: namespace=/run/netns/a ips=[10.0.0.2 fd00::2]",
  );
});

test("a pod without a network namespace has that of the host", () => {
  for (const linux of [undefined, {}, { namespaces: [{ type: "ipc", path: "/x" }] }]) {
    assert.equal(network(pod({ linux })), "default/web: namespace=<host-network> ips=[]");
  }
  // a namespace without a path is one, and is not said to be the host's
  assert.equal(network(pod({ linux: { namespaces: [{ type: "network" }] } })), "default/web: namespace= ips=[]");
});

test("a pod without addresses has an empty list", () => {
  assert.equal(addresses(pod({})), "ips=[]");
});
