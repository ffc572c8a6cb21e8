// What is read of conmon's command line, podman's events, and its storage; and what a container is by that.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { parseAnyJson, type Spec } from "@nri/oci";
import { readEvent } from "./api.js";
import { readConmon } from "./conmon.js";
import { Facts } from "./facts.js";
import { kindOf } from "./kind.js";
import { ownPod, podmanContainer, podmanPod } from "./known.js";
import { neighbour, placeOf } from "./place.js";
import { readPrintedEvent } from "./program.js";
import { StorageFiles } from "./storage.js";

const ID = "e6c6ba174a42ce0e1775b13578a72a41b917e659136e6d8bae47287db24b7d27";
const POD = "9e210ccb1b0032dc442edc15451adeb1b2b1c08a55ce07b6ba1283db044a2ecd";
const INFRA = "90342f8ad87bba18390be88e62224729be42bd105d122485a01f1feb7848cb14";

// As conmon 2.1.13 was called by podman 5.8.
const CONMON = `/usr/bin/conmon --api-version 1 -c ${ID} -u ${ID} -r /usr/local/sbin/nri-crun -b /s/overlay-containers/${ID}/userdata
  -p /run/containers/${ID}/pidfile -n one --exit-dir /run/libpod/exits --persist-dir /run/libpod/persist/${ID} --full-attach
  -l k8s-file:/s/ctr.log --log-level warning --syslog --conmon-pidfile /run/conmon.pid --exit-command /usr/bin/podman
  --exit-command-arg --root --exit-command-arg -n --exit-command-arg other`;

test("conmon's command line says name, bundle and where the exit code will be", () => {
  assert.deepEqual(readConmon(CONMON.split(/\s+/)), {
    id: ID,
    name: "one",
    bundle: `/s/overlay-containers/${ID}/userdata`,
    pidFile: `/run/containers/${ID}/pidfile`,
    exitDir: "/run/libpod/exits",
  });
});

test("other programs, and the conmon of an exec, are none of a container", () => {
  assert.equal(readConmon(CONMON.replace("conmon", "conman").split(/\s+/)), undefined);
  assert.equal(readConmon(CONMON.replace(`-u ${ID}`, `-u ${POD}`).split(/\s+/)), undefined);
  assert.equal(readConmon(["conmon", "--version"]), undefined);
  assert.equal(readConmon([]), undefined);
});

test("a bundle is in podman's storage when it has the form of one there, and nothing else becomes part of a path", () => {
  const place = placeOf(`/s/overlay-containers/${ID}/userdata`, ID);
  assert.deepEqual(place, { folder: `/s/overlay-containers/${ID}`, storage: "/s/overlay-containers" });
  assert.equal(place && neighbour(place, INFRA).folder, `/s/overlay-containers/${INFRA}`);
  for (const [bundle, id] of [
    [`/s/overlay-containers/${ID}/userdata`, POD],
    [`/s/other/${ID}/userdata`, ID],
    [`/s/overlay-containers/${ID}`, ID],
    ["/s/overlay-containers/../userdata", ".."],
  ] as const)
    assert.equal(placeOf(bundle, id), undefined);
});

// As podman 5.8 and 4.3 told.
const CREATE = `{"status":"create","id":"${ID}","from":"localhost/peers/busybox:1","Type":"container","Action":"create","Actor":{"ID":"${ID}",
  "Attributes":{"a":"b","image":"localhost/peers/busybox:1","name":"one","podId":"${POD}"}},"scope":"local","time":1795815101,"timeNano":1795815101755227257}`;
const DIED = `{"status":"died","id":"${ID}","Type":"container","Action":"died","Actor":{"ID":"${ID}","Attributes":{"a":"b","containerExitCode":"137",
  "image":"localhost/peers/busybox:1","name":"one","podId":""}},"scope":"local","time":1795815504,"timeNano":1795815504026607113}`;
const OLD_DIED = `{"ContainerExitCode":9,"ID":"${ID}","Image":"localhost/peers/busybox:1","Name":"lk","Status":"died",
  "Time":"2026-11-27T22:16:48.380447027Z","Type":"container","Attributes":{"name":"label"}}`;

test("events of the API and those that the program prints say the same", () => {
  const created = readEvent(parseAnyJson(CREATE));
  assert.deepEqual(created, {
    type: "container",
    action: "create",
    id: ID,
    name: "one",
    image: "localhost/peers/busybox:1",
    labels: { a: "b" },
    podId: POD,
    exitCode: 0,
    at: 1795815101755227257n,
  });
  assert.equal(readEvent(parseAnyJson(DIED))?.exitCode, 137);
  assert.equal(readEvent(parseAnyJson('{"Type":"image","Action":"pull","Actor":{"ID":"x"}}')), undefined);
  const { exitCode, at, labels } = readPrintedEvent(parseAnyJson(OLD_DIED));
  assert.deepEqual([exitCode, at, { ...labels }], [9, 1795817808380447027n, { name: "label" }]);
});

test("of a container that is kept which its first telling event says, until it is removed; a list knows better", () => {
  const facts = new Facts();
  const created = readEvent(parseAnyJson(CREATE));
  const died = readEvent(parseAnyJson(DIED));
  assert.ok(created && died);
  facts.hear(died); // it has no pod
  assert.equal(facts.container(ID), undefined);
  facts.hear(created);
  facts.hear({ ...created, type: "pod", id: POD, name: "web" });
  assert.deepEqual([facts.container(ID)?.podId, facts.podName(POD)], [POD, "web"]);
  facts.learn([{ id: ID, name: "one", image: "i", labels: { name: "a label" }, podId: POD, podName: "" }]);
  assert.deepEqual(facts.container(ID)?.labels, { name: "a label" });
  facts.hear({ ...created, action: "remove" });
  assert.equal(facts.container(ID), undefined);
});

test("the storage has name, image and its digests; what is not in it is unknown", async (t) => {
  const folder = await temporary(t);
  const storage = join(folder, "overlay-containers");
  for (const name of ["overlay-containers", "overlay-images"]) await mkdir(join(folder, name));
  const place = { storage, folder: join(storage, ID) };
  const files = new StorageFiles();
  assert.equal(await files.container(place, ID), undefined);
  const metadata = JSON.stringify({ "image-name": "localhost/peers/busybox:1", "image-id": "c350", name: "one" });
  await writeFile(join(storage, "volatile-containers.json"), JSON.stringify([{ id: ID, image: "c350", metadata }]));
  const images = [{ id: "c350", digest: "sha256:15ab" }];
  await writeFile(join(folder, "overlay-images/images.json"), JSON.stringify(images));
  assert.deepEqual(await files.container(place, ID), {
    name: "one",
    imageName: "localhost/peers/busybox:1",
    imageId: "c350",
    imageDigest: "sha256:15ab",
  });
  await writeFile(join(storage, "volatile-containers.json"), "[]");
  assert.equal(await files.container(place, ID), undefined);
  await writeFile(join(storage, "containers.json"), "{ half");
  await assert.rejects(files.container(place, ID), /containers\.json/);
});

const none = (): boolean => false;
const spec = (cgroupsPath: string, annotations = {}): Spec => ({
  ociVersion: "1.2.0",
  hostname: "web",
  annotations,
  linux: { cgroupsPath, namespaces: [{ type: "network", path: "/run/netns/x" }] },
});

test("an infra container is known by its pod's cgroup, by podman's word, or by its name", () => {
  const infra = { kind: "infra", podId: POD };
  const of = (path: string, name = "", podId = "") => kindOf({ spec: spec(path), name, podId, exists: none });
  assert.deepEqual(of(`/libpod_parent/${POD}/libpod-${INFRA}`), infra);
  assert.deepEqual(of(`machine-libpod_pod_${POD}.slice:libpod:${INFRA}`), infra);
  assert.deepEqual(of(`machine.slice/machine-libpod_pod_${POD}.slice:libpod:${INFRA}`), infra);
  assert.deepEqual(of("", "", POD), infra);
  assert.deepEqual(of("", "9e210ccb1b00-infra"), { kind: "infra", podId: "" });
  assert.deepEqual(of(`/libpod_parent/libpod-${ID}`, "one"), { kind: "alone" });
  assert.deepEqual(of(`machine.slice:libpod:${ID}`, "one"), { kind: "alone" });
});

test("a container of a pod has the infra container's id; where there is no such container it is alone", () => {
  const member = spec(`/libpod_parent/${POD}/libpod-${ID}`, { "io.kubernetes.cri-o.SandboxID": INFRA });
  const of = (exists: (id: string) => boolean) => kindOf({ spec: member, name: "one", podId: POD, exists });
  assert.deepEqual(
    of((id) => id === INFRA),
    { kind: "member", infraId: INFRA },
  );
  assert.deepEqual(of(none), { kind: "alone" });
});

test("a pod has podman's id and name, and its labels among its annotations, which win", () => {
  const facts = { name: "9e-infra", image: "", labels: { a: "label", b: "label" }, podId: POD };
  const sources = { id: INFRA, spec: spec(`/libpod_parent/${POD}/libpod-${INFRA}`, { b: "annotation" }), facts };
  const pod = podmanPod(sources, POD, undefined, 7);
  assert.deepEqual([pod.id, pod.uid, pod.name, pod.pid], [INFRA, POD, "web", 7]);
  assert.deepEqual(pod.annotations, { a: "label", b: "annotation" });
  assert.deepEqual(pod.linux?.namespaces, [{ type: "network", path: "/run/netns/x" }]);
  assert.equal(pod.linux?.cgroupParent, `/libpod_parent/${POD}`);
  assert.equal(podmanPod(sources, POD, "given", 0).name, "given");
});

test("without podman's word a container has the name that conmon has, else that of the storage, with its image, else its id", () => {
  const alone = { id: ID, spec: spec("") };
  const inStorage = { name: "one", imageName: "busybox", imageId: "c350", imageDigest: "sha256:15ab" };
  const conmon = { id: ID, name: "two", bundle: "", pidFile: "", exitDir: "" };
  assert.deepEqual(podmanContainer({ ...alone, stored: inStorage }, ID), {
    id: ID,
    podSandboxId: ID,
    name: "one",
    labels: {},
    image: { name: "busybox", digest: "sha256:15ab", configDigest: "sha256:c350" },
  });
  assert.equal(podmanContainer({ ...alone, stored: inStorage, conmon }, ID).name, "two");
  assert.deepEqual([podmanContainer(alone, ID).name, ownPod(alone, 0).name], [ID, ID]);
});

async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nri-podman-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
