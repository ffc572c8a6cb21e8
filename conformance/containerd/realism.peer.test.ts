// What `nri simulate` makes of a manifest is what real containerd makes of kubelet's requests for it: OCI specs and NRI
// messages, with lists in the same order. What must differ is left out on both sides, each with its reason.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { printSpec } from "@nri/oci";
import { Container, PodSandbox } from "@nri/protocol";
import { type JsonValue, toJson } from "@nri/protocol/json";
import { manifestToPods, readDocuments } from "@nri/testing";
import { containerdFiles } from "../peers/containerd.js";
import { skipUnless, use } from "../requirements.js";
import { makePod, type RealPod, startNode } from "./kubelet-pods.js";
import { KUBELET_CASES, type KubeletCase } from "./kubelet-requests.js";

type Json = { [key: string]: JsonValue };

/** Removed on both sides wherever the last keys of a path are these. */
const LEFT_OUT: readonly (readonly [path: string, why: string])[] = [
  ["linux.seccomp", "the engine's filter is not shown"],
  ["linux.seccompPolicy", "the engine's filter is not shown"],
  ["linux.devices", "a privileged container has those of the machine"],
  ["memory.swap", "written only where the kernel accounts for swap"],
  ["linux.seccompProfile", "not sent by containerd 2.1"],
  ["container.image", "not sent by containerd 2.1"],
  ["container.user", "not sent by containerd 2.1"],
  ["container.linux.resources.unified", "not sent by containerd 2.1"],
  ["container.hooks", "an empty one is added on the way to the first plugin"],
  ["pod.ips", "given by the network plugin"],
  ["pod.pid", "given by the kernel"],
  ["annotations.kubernetes.io/config.seen", "a time"],
  ["annotations.io.kubernetes.container.hash", "kubelet's own digest"],
  ["annotations.io.kubernetes.cri.podsandbox.image-name", "the pause image of the test"],
  ["annotations.io.kubernetes.cri.sandbox-log-directory", "logs go to a folder of the test"],
  ["sandbox.process.args", "the pause image's"],
  ["sandbox.process.oomScoreAdj", "containerd is told not to go below its own here"],
];

/** Texts that name something random or of this machine, and what stands for it on both sides. */
const RENAMED: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/"[^"]*\/netns\/cni-[0-9a-f-]+"/g, '"NETNS"'],
  [/\/proc\/\d+\/ns\//g, "/proc/PID/ns/"],
  [/(\/containers\/[a-z]+\/)[0-9a-f]{8}"/g, '$1INSTANCE"'],
  [/kube-api-access-[a-z0-9]{5}/g, "kube-api-access-RANDOM"],
  [/"PATH=[^"]*"/g, '"PATH=OF-THE-IMAGE"'],
];

function isObject(value: JsonValue | undefined): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function leaveOut(value: JsonValue, path: string): JsonValue {
  if (Array.isArray(value)) return value.map((each) => leaveOut(each, path));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]): [string, string, JsonValue] => [key, `${path}.${key}`, each])
      .filter(([, full]) => !LEFT_OUT.some(([end]) => full.endsWith(`.${end}`)))
      .map(([key, full, each]) => [key, leaveOut(each, full)]),
  );
}

/** `what` begins the paths: sandbox and spec are OCI specs, pod and container messages. */
function comparable(what: string, value: JsonValue): JsonValue {
  let text = JSON.stringify(leaveOut(value, `.${what}`));
  for (const [pattern, name] of RENAMED) text = text.replace(pattern, name);
  return JSON.parse(text) as JsonValue;
}

/** containerd's own annotations: the test's containerd is configured to put the others into specs too. */
function ownAnnotations(spec: JsonValue): JsonValue {
  if (!isObject(spec) || !isObject(spec.annotations)) return spec;
  const own = Object.entries(spec.annotations).filter(([key]) => key.startsWith("io.kubernetes.cri."));
  return { ...spec, annotations: Object.fromEntries(own) };
}

/** Bits of the capabilities that this machine's root, and hence containerd, has. */
const held = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0"}`);

/** Without the capabilities of `all` (in the kernel's order) that containerd cannot give here. */
function onlyHeld(spec: JsonValue, all: readonly string[]): JsonValue {
  const lacking = new Set(all.filter((_, bit) => ((held >> BigInt(bit)) & 1n) === 0n));
  const text = JSON.stringify(spec, (key, value: JsonValue) =>
    ["bounding", "effective", "permitted"].includes(key) && Array.isArray(value)
      ? value.filter((name) => !lacking.has(String(name)))
      : value,
  );
  return JSON.parse(text) as JsonValue;
}

/** All capabilities as a simulated privileged container has them: in the kernel's order, without a gap. */
function allCapabilities(): readonly string[] {
  const text =
    "kind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i, securityContext: {privileged: true}}]}";
  const [plan] = manifestToPods(readDocuments(text, "pod.yaml")).pods;
  return plan?.containers[0]?.spec.process?.capabilities?.bounding ?? [];
}

function simulated(wanted: KubeletCase, kubelet: string) {
  const manifest = wanted.manifest.replaceAll("KUBELET", kubelet).replaceAll("NODE", hostname());
  const [plan] = manifestToPods(readDocuments(manifest, "pod.yaml")).pods;
  assert.ok(plan !== undefined);
  return plan;
}

const files = await containerdFiles("2.1");

test("containerd 2.1 makes of kubelet's requests what is simulated of the manifest", {
  skip: skipUnless(files),
}, async (suite) => {
  await using node = await startNode(use(files));
  const { stateDir, version } = node.containerd;
  suite.diagnostic(`containerd ${version}`);
  const all = allCapabilities();
  assert.equal(all.indexOf("CAP_CHECKPOINT_RESTORE"), 40);
  for (const wanted of KUBELET_CASES) {
    await suite.test(wanted.name, async () => {
      const plan = simulated(wanted, node.kubelet);
      const real = renamed(await makePod(node, wanted), [
        [node.kubelet, "/var/lib/kubelet"],
        [join(stateDir, "root"), "/var/lib/containerd"],
        [join(stateDir, "state"), "/run/containerd"],
      ]);
      const compare = (what: string, theirs: JsonValue, ours: JsonValue, name = ""): void => {
        const text = JSON.stringify(ours).replaceAll(node.kubelet, "/var/lib/kubelet");
        assert.deepEqual(
          comparable(what, onlyHeld(JSON.parse(text) as JsonValue, all)),
          comparable(what, theirs),
          `${what} ${name}`,
        );
      };
      const sandboxSpec = ownAnnotations(real.spec);
      const ours = JSON.parse(printSpec(plan.spec)) as Json;
      // without a user in the manifest it is that of the pause image
      if (!wanted.manifest.includes("runAsUser")) for (const spec of [sandboxSpec, ours]) forget(spec, "user");
      compare("sandbox", sandboxSpec, ours);
      compare("pod", podOf(real.request), toJson(PodSandbox, plan.pod));
      assert.deepEqual(
        plan.containers.map(({ container }) => container.name),
        [...real.containers.keys()],
      );
      for (const { container, spec } of plan.containers) {
        const theirs = real.containers.get(container.name);
        assert.ok(theirs !== undefined && isObject(theirs.request));
        compare("spec", ownAnnotations(theirs.spec), JSON.parse(printSpec(spec)) as JsonValue, container.name);
        compare("container", theirs.request.container ?? null, toJson(Container, container), container.name);
        compare("pod", podOf(theirs.request), toJson(PodSandbox, plan.pod), `of ${container.name}`);
      }

      /** Ids and folders of the real pod as those of the simulated one. */
      function renamed(pod: RealPod, folders: readonly (readonly [string, string])[]): RealPod {
        const names = [
          ...folders,
          [pod.id, plan.pod.id] as const,
          ...plan.containers.map(
            ({ container }) => [pod.containers.get(container.name)?.id ?? "", container.id] as const,
          ),
        ];
        const rename = (value: JsonValue): JsonValue => {
          let text = JSON.stringify(value);
          for (const [from, to] of names) if (from !== "") text = text.replaceAll(from, to);
          return JSON.parse(text) as JsonValue;
        };
        const containers = [...pod.containers].map(
          ([name, { id, spec, request }]) => [name, { id, spec: rename(spec), request: rename(request) }] as const,
        );
        return { id: pod.id, spec: rename(pod.spec), request: rename(pod.request), containers: new Map(containers) };
      }
    });
  }
});

function podOf(request: JsonValue): JsonValue {
  assert.ok(isObject(request) && request.pod !== undefined);
  return request.pod;
}

function forget(spec: JsonValue, key: string): void {
  if (isObject(spec) && isObject(spec.process)) delete spec.process[key];
}
