// Tests of what v0.1.0 plugins are told of NRI's pods and containers; against Go: conformance/legacy/adapter.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Container, PodSandbox } from "@nri/protocol";
import { sandboxOf, taskOf } from "./subjects.js";

test("a container's task has its annotations, namespaces, resources and cgroup, not those of its pod", () => {
  const container = Container.create({
    id: "c1",
    pid: 7,
    labels: { not: "told" },
    annotations: { a: "b" },
    linux: {
      namespaces: [{ type: "network", path: "/n" }],
      cgroupsPath: "/g",
      resources: { memory: { limit: { value: 2n ** 62n } }, pids: { limit: -1n }, blockioClass: { value: "not told" } },
    },
  });
  assert.deepEqual(taskOf(container), {
    id: "c1",
    pid: 7,
    spec: {
      ociVersion: "",
      annotations: { a: "b" },
      linux: {
        namespaces: [{ type: "network", path: "/n" }],
        resources: { memory: { limit: 2n ** 62n }, cpu: {}, pids: { limit: -1n } },
        cgroupsPath: "/g",
      },
    },
  });
});

test("a pod's task has no overhead; without linux there are no resources", () => {
  const pod = PodSandbox.create({ id: "p1", labels: { app: "web" }, linux: { podOverhead: { cpu: {} } } });
  assert.equal(taskOf(pod).id, "p1");
  const { linux } = taskOf(PodSandbox.create({ id: "p1" })).spec as { linux?: object };
  assert.deepEqual(linux, { namespaces: undefined, resources: undefined, cgroupsPath: undefined });
  assert.deepEqual(sandboxOf(pod), { id: "p1", labels: { app: "web" } });
});
