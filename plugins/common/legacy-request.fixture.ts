// Requests of NRI v0.1.0 for the tests of its sample plugins, and a cgroup tree for them in a folder.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { LegacyRequest } from "@nri/legacy";

/** The state `create` of a container in the cgroup `/k8s.io/c1`. */
export function createRequest(
  conf: LegacyRequest["conf"],
  annotations: Record<string, string> = {},
  cgroupsPath = "/k8s.io/c1",
): LegacyRequest {
  return {
    conf,
    version: "0.1",
    state: "create",
    id: "c1",
    sandboxID: "p1",
    pid: 1,
    spec: { resources: null, namespaces: {}, cgroupsPath, annotations },
    labels: {},
    results: [],
  };
}

/** A cgroup root of one version with a group `k8s.io/c1` that has one file; reads that file. */
export function cgroupTree(context: TestContext, version: 1 | 2, controller: string, file: string, value: string) {
  const root = mkdtempSync(join(tmpdir(), "nri-cgroup-"));
  context.after(() => rmSync(root, { recursive: true }));
  const dir = join(root, version === 1 ? controller : "", "k8s.io/c1");
  mkdirSync(dir, { recursive: true });
  if (version === 2) writeFileSync(join(root, "cgroup.controllers"), "");
  writeFileSync(join(dir, file), value);
  return { root, read: () => readFileSync(join(dir, file), "utf8") };
}
