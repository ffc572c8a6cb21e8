// What the collectors do beyond single fields: completion, what later plugins see, updates of many containers, evictions,
// odd keys and numbers, answers that are refused half-way.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Container,
  type ContainerAdjustment,
  ContainerUpdate,
  CreateContainerRequest,
  CreateContainerResponse,
  type Init,
  UpdateContainerRequest,
} from "@nri/protocol";
import { AdaptationError, createCollector, stopCollector, updateCollector } from "./index.js";

const reference = { compat: "reference" } as const;

function create(container: Init<Container> = {}, options = {}) {
  return createCollector({ pod: { id: "p" }, container: Container.create({ id: "c", ...container }) }, options);
}
function adjusting(adjust: Init<ContainerAdjustment>) {
  return CreateContainerResponse.create({ adjust });
}
function updating(containerId: string, resources: object, ignoreFailure = false) {
  return { update: [ContainerUpdate.create({ containerId, ignoreFailure, linux: { resources } })] };
}

test("a request is completed before the first plugin sees it, and the runtime's own is left alone", () => {
  const request = CreateContainerRequest.create({ container: { id: "c" } });
  const collector = createCollector(request);
  assert.equal(request.container?.hooks, undefined);
  const wanted = { id: "c", hooks: {}, linux: { resources: { memory: {}, cpu: {} } } };
  assert.deepEqual(
    CreateContainerRequest.create(collector.request),
    CreateContainerRequest.create({ container: wanted }),
  );
  const update = updateCollector(UpdateContainerRequest.create({ container: { id: "c" } }));
  const completed = { container: { id: "c" }, linuxResources: { memory: {}, cpu: {} } };
  assert.deepEqual(UpdateContainerRequest.create(update.request), UpdateContainerRequest.create(completed));
});

test("the reply has all its sub-structures even when nobody adjusted anything", () => {
  const { adjust, update, evict } = create().result();
  const wanted = adjusting({ hooks: {}, linux: { resources: { memory: {}, cpu: {} } } });
  assert.deepEqual({ adjust, update, evict }, wanted);
});

test("an answer with linux gives the reply an rdt, empty as it may be", () => {
  const collector = create();
  collector.apply("10-a", adjusting({ linux: {} }));
  assert.deepEqual(collector.result().adjust?.linux?.rdt?.remove, false);
});

test("the request is another object after a change and only then; earlier ones stay as they were", () => {
  const collector = create({ env: ["A=1"] });
  const [before] = [collector.request];
  collector.apply("10-a", undefined);
  collector.apply("10-a", CreateContainerResponse.create());
  collector.apply("10-a", adjusting({ CDIDevices: [{ name: "v/c=d" }] }));
  assert.equal(collector.request, before, "CDI devices are not shown");
  collector.apply("20-b", adjusting({ env: [{ key: "A", value: "2" }] }));
  assert.notEqual(collector.request, before);
  assert.deepEqual(before.container?.env, ["A=1"]);
  assert.deepEqual(collector.request.container?.env, ["A=2"]);
  assert.equal(collector.original, before);
  assert.equal(collector.request.container?.mounts, before.container?.mounts, "what did not change is shared");
});

test("a variable that is set leaves its place and comes last; entries without = have names too", () => {
  const collector = create({ env: ["A=1", "B", "C=3"] });
  const env = [
    { key: "B", value: "2" },
    { key: "-C", value: "" },
    { key: "D", value: "" },
  ];
  collector.apply("10-a", adjusting({ env }));
  assert.deepEqual(collector.request.container?.env, ["A=1", "B=2", "D="]);
});

test("removals come before additions wherever they stand, so a mount is removed and put back in one answer", () => {
  const collector = create({ mounts: [{ destination: "/m", source: "/old" }] });
  const mounts = [{ destination: "/m", source: "/new" }, { destination: "-/m" }];
  collector.apply("10-a", adjusting({ mounts }));
  const wanted = adjusting({ mounts: [{ destination: "/m", source: "/new" }] }).adjust?.mounts;
  assert.deepEqual(collector.result().adjust?.mounts, wanted);
  assert.deepEqual(collector.request.container?.mounts, wanted);
});

test("original variables and devices can be removed; the reference drops that", () => {
  const adjust = adjusting({ env: [{ key: "-PATH" }], linux: { devices: [{ path: "-/dev/null" }] } });
  for (const [options, marks] of [[{}, true] as const, [reference, false] as const]) {
    const collector = create({ env: ["PATH=/"], linux: { devices: [{ path: "/dev/null" }] } }, options);
    collector.apply("10-a", adjust);
    const reply = collector.result().adjust;
    assert.deepEqual(reply?.env, marks ? adjust.adjust?.env : []);
    assert.deepEqual(reply?.linux?.devices, marks ? adjust.adjust?.linux?.devices : []);
    assert.deepEqual(collector.request.container?.env, []);
    // Nobody had set it, so the next plugin may.
    collector.apply("20-b", adjusting({ env: [{ key: "PATH", value: "/bin" }] }));
    assert.deepEqual(collector.request.container?.env, ["PATH=/bin"]);
  }
});

test("an original annotation that is only removed is hidden from later plugins, in the reference it is not; they may set it", () => {
  const original = { k: "0", other: "1" };
  for (const [options, seen] of [[{}, { other: "1" }] as const, [reference, original] as const]) {
    const collector = create({ annotations: original }, options);
    collector.apply("10-a", adjusting({ annotations: { "-k": "ignored" } }));
    assert.deepEqual(collector.request.container?.annotations, seen);
    collector.apply("20-b", adjusting({ annotations: { k: "2" } }));
    assert.deepEqual(collector.result().adjust?.annotations, { "-k": "", k: "2" });
  }
});

test("a removed sysctl goes to the sysctl map", () => {
  for (const options of [{}, reference]) {
    const collector = create({ linux: { sysctl: { "net.x": "1" } } }, options);
    collector.apply("10-a", adjusting({ linux: { sysctl: { "-net.x": "" } } }));
    assert.deepEqual(collector.result().adjust?.linux?.sysctl, { "-net.x": "" });
    assert.deepEqual(collector.result().adjust?.annotations, {});
  }
});

test("arguments are taken over by a leading empty word, which may be all there is", () => {
  const collector = create({ args: ["sh"] });
  collector.apply("10-a", adjusting({ args: ["a"] }));
  collector.apply("20-b", adjusting({ args: ["", "b", ""] }));
  assert.deepEqual(collector.result().adjust?.args, ["b", ""]);
  collector.apply("30-c", adjusting({ args: [""] }));
  assert.deepEqual(collector.request.container?.args, []);
});

test("the same key twice in one answer is a conflict of the plugin with itself", () => {
  const env = [
    { key: "A", value: "1" },
    { key: "A", value: "2" },
  ];
  const message = 'plugins "10-a" and "10-a" both tried to set Env A';
  assert.throws(() => create().apply("10-a", adjusting({ env })), { message });
});

test("a namespace that is removed is claimed as well: nothing can touch it again", () => {
  const collector = create({ linux: { namespaces: [{ type: "ipc" }, { type: "network", path: "/n" }] } });
  collector.apply(
    "10-a",
    adjusting({ linux: { namespaces: [{ type: "-ipc" }, { type: "network" }, { type: "uts" }] } }),
  );
  assert.deepEqual(
    collector.request.container?.linux?.namespaces?.map(({ type, path }) => `${type}${path}`),
    ["network", "uts"],
  );
  assert.deepEqual(
    collector.result().adjust?.linux?.namespaces.map(({ type }) => type),
    ["-ipc", "network", "uts"],
  );
  const again = adjusting({ linux: { namespaces: [{ type: "ipc" }] } });
  assert.throws(() => collector.apply("20-b", again), { field: "Namespace", key: "ipc" });
});

test("fields are applied in the reference's order: the first conflict in it is the one that is told", () => {
  const all = adjusting({
    rlimits: [{ type: "R" }],
    args: ["x"],
    linux: {
      cgroupsPath: "/x",
      resources: { pids: { limit: 1n }, cpu: { cpus: "1" }, memory: { limit: { value: 1n } } },
    },
  });
  const order = ["Args", "MemLimit", "CPUSetCPUs", "PidsLimit", "CgroupsPath", "Rlimits"];
  for (const field of order) {
    const collector = create();
    collector.apply("10-a", all);
    assert.throws(() => collector.apply("20-b", all), { field });
    // Leave out what came first, to meet the next.
    if (field === "Args") (all.adjust as ContainerAdjustment).args = [];
    const resources = all.adjust?.linux?.resources;
    if (resources === undefined) return assert.fail("no resources");
    if (field === "MemLimit") resources.memory = undefined;
    if (field === "CPUSetCPUs") resources.cpu = undefined;
    if (field === "PidsLimit") resources.pids = undefined;
    if (field === "CgroupsPath" && all.adjust?.linux) all.adjust.linux.cgroupsPath = "";
  }
});

test("every key is a key: __proto__, the empty one, and one of 64 KiB", () => {
  const long = "k".repeat(65536);
  const annotations = Object.fromEntries([
    ["__proto__", "1"],
    ["", "2"],
    [long, "3"],
    ["constructor", "4"],
  ]);
  const collector = create();
  collector.apply("10-a", adjusting({ annotations, env: [{ key: "__proto__", value: "5" }] }));
  const reply = CreateContainerResponse.decode(CreateContainerResponse.encode(collector.result()));
  assert.deepEqual(Object.entries(reply.adjust?.annotations ?? {}), Object.entries(annotations));
  assert.deepEqual(Object.entries(collector.request.container?.annotations ?? {}), Object.entries(annotations));
  assert.deepEqual(collector.request.container?.env, ["__proto__=5"]);
  for (const key of Object.keys(annotations)) {
    const again = adjusting({ annotations: Object.fromEntries([[key, "x"]]) });
    assert.throws(() => collector.apply("20-b", again), { code: "conflict", key });
  }
  const removal = adjusting({ annotations: Object.fromEntries([["-__proto__", ""]]) });
  collector.apply("20-b", removal);
  assert.equal(Object.hasOwn(collector.request.container?.annotations ?? {}, "__proto__"), false);
});

test("numbers keep every digit", () => {
  const collector = create();
  const max = { int: 9223372036854775807n, uint: 18446744073709551615n };
  const resources = {
    memory: { limit: { value: max.int }, swappiness: { value: max.uint } },
    cpu: { quota: { value: -max.int } },
  };
  collector.apply(
    "10-a",
    adjusting({ linux: { resources }, rlimits: [{ type: "R", hard: max.uint, soft: max.uint }] }),
  );
  const reply = CreateContainerResponse.decode(CreateContainerResponse.encode(collector.result())).adjust;
  assert.equal(reply?.linux?.resources?.memory?.limit?.value, max.int);
  assert.equal(reply?.linux?.resources?.memory?.swappiness?.value, max.uint);
  assert.equal(reply?.linux?.resources?.cpu?.quota?.value, -max.int);
  assert.equal(reply?.rlimits[0]?.hard, max.uint);
});

test("a container that is being created cannot be updated, whether failure is ignored or not", () => {
  for (const ignoreFailure of [false, true]) {
    const collector = create();
    const error = { code: "update-during-creation", message: 'plugin "10-a" asked update of "c" during creation' };
    const { update } = updating("c", {}, ignoreFailure);
    const response = CreateContainerResponse.create({ adjust: { env: [{ key: "A", value: "1" }] }, update });
    assert.throws(() => collector.apply("10-a", response), error);
    assert.deepEqual(collector.request.container?.env, [], "the adjustment beside it is not taken either");
    assert.deepEqual(collector.owners, { owners: {} });
  }
});

test("updates come in order of first mention, and ignore failure only as long as all mentions do", () => {
  const collector = stopCollector({ container: { id: "c" } });
  collector.apply("10-a", updating("x", { cpu: { cpus: "1" } }, true));
  collector.apply("20-b", updating("c", { cpu: { cpus: "2" } }, true));
  collector.apply("30-c", {
    update: [ContainerUpdate.create({ containerId: "x" }), ContainerUpdate.create({ containerId: "y" })],
  });
  assert.deepEqual(
    collector
      .result()
      .update.map(({ containerId, ignoreFailure, linux }) => [containerId, ignoreFailure, linux?.resources?.cpu?.cpus]),
    [
      ["x", false, "1"],
      ["c", true, "2"],
      ["y", false, ""],
    ],
  );
});

test("an update that ignores failure leaves no claims behind; in the reference those before the conflict stay", () => {
  for (const [options, expected] of [[{}, undefined] as const, [reference, "conflict"] as const]) {
    const collector = stopCollector({ container: { id: "c" } }, options);
    collector.apply("10-a", updating("x", { cpu: { cpus: "1" } }));
    collector.apply("20-b", updating("x", { memory: { limit: { value: 1n } }, cpu: { cpus: "2" } }, true));
    assert.equal(collector.result().update[0]?.linux?.resources?.memory?.limit, undefined);
    const third = updating("x", { memory: { limit: { value: 3n } } });
    if (expected === undefined) collector.apply("30-c", third);
    else assert.throws(() => collector.apply("30-c", third), { code: expected, plugins: ["30-c", "20-b"] });
  }
});

test("the container's own update starts from the runtime's resources, is shown to later plugins, and comes last", () => {
  const linuxResources = { cpu: { shares: { value: 5n } }, devices: [{ allow: true }], unified: { a: "1" } };
  const collector = updateCollector(UpdateContainerRequest.create({ container: { id: "c" }, linuxResources }));
  const [before] = [collector.request];
  collector.apply(
    "10-a",
    updating("c", { memory: { limit: { value: 7n } }, unified: { b: "2" }, devices: [{ type: "b" }] }),
  );
  collector.apply("20-b", updating("x", { cpu: { cpus: "1" } }));
  const { update } = collector.result();
  assert.deepEqual(
    update.map(({ containerId }) => containerId),
    ["x", "c"],
  );
  const own = update[1]?.linux?.resources;
  assert.equal(own?.cpu?.shares?.value, 5n);
  assert.equal(own?.memory?.limit?.value, 7n);
  assert.deepEqual(own?.unified, { a: "1", b: "2" });
  assert.equal(own?.devices.length, 1, "cgroup rules of an update are ignored, those of the request stay");
  assert.equal(collector.request.linuxResources?.memory?.limit?.value, 7n);
  assert.equal(before.linuxResources?.memory?.limit, undefined);
});

test("without an update of the container itself its entry is left out; in the reference it is empty", () => {
  const request = { container: { id: "c" }, linuxResources: { cpu: { cpus: "1" } } };
  assert.deepEqual(updateCollector(request).result().update, []);
  assert.deepEqual(updateCollector(request, reference).result().update, [ContainerUpdate.create()]);
});

test("a mention of the container itself without resources keeps what the runtime asked for; the reference loses it", () => {
  const request = { container: { id: "c" }, linuxResources: { cpu: { cpus: "1" } } };
  for (const [options, cpus] of [[{}, "1"] as const, [reference, ""] as const]) {
    const collector = updateCollector(request, options);
    collector.apply("10-a", { update: [{ containerId: "c" }] });
    assert.equal(collector.result().update[0]?.linux?.resources?.cpu?.cpus, cpus);
    // An update that does have resources brings them back.
    collector.apply("20-b", updating("c", { cpu: { mems: "0" } }));
    assert.equal(collector.result().update[0]?.linux?.resources?.cpu?.cpus, "1");
  }
});

test("a pids limit in an update is applied; the reference ignores it and claims the runtime's", () => {
  const request = { container: { id: "c" }, linuxResources: { pids: { limit: 5n } } };
  const ours = updateCollector(request);
  ours.apply("10-a", updating("c", { memory: { limit: { value: 1n } } }));
  ours.apply("20-b", updating("c", { pids: { limit: 7n } }));
  assert.equal(ours.result().update[0]?.linux?.resources?.pids?.limit, 7n);
  const theirs = updateCollector(request, reference);
  theirs.apply("10-a", updating("c", { pids: { limit: 7n } }));
  assert.equal(theirs.result().update[0]?.linux?.resources?.pids?.limit, 5n);
  assert.throws(() => theirs.apply("20-b", updating("c", { cpu: { cpus: "1" } })), { field: "PidsLimit" });
});

test("evictions are collected, one a container; in the reference they are dropped", () => {
  const evict = [
    { containerId: "x", reason: "first" },
    { containerId: "x", reason: "second" },
    { containerId: "y", reason: "" },
  ];
  const wanted = [evict[0], evict[2]];
  for (const make of [() => create(), () => updateCollector({ container: { id: "c" } })]) {
    const collector = make();
    collector.apply("10-a", { evict: evict.slice(0, 1) });
    collector.apply("20-b", { evict: evict.slice(1) });
    assert.deepEqual(collector.result().evict, wanted);
  }
  for (const theirs of [create({}, reference), updateCollector({ container: { id: "c" } }, reference)]) {
    theirs.apply("10-a", { evict });
    assert.deepEqual(theirs.result().evict, []);
  }
});

test("a conflict in the last update of an answer takes back its adjustment, its other updates and its evictions", () => {
  const collector = create();
  collector.apply("10-a", CreateContainerResponse.create(updating("x", { cpu: { cpus: "1" } })));
  const [request, result, owners] = [collector.request, collector.result(), collector.owners];
  const response = CreateContainerResponse.create({
    adjust: { env: [{ key: "A", value: "1" }], hooks: { poststop: [{ path: "/a" }] } },
    update: [...updating("y", { cpu: { cpus: "1" } }).update, ...updating("x", { cpu: { cpus: "2" } }).update],
    evict: [{ containerId: "z" }],
  });
  assert.throws(() => collector.apply("20-b", response), AdaptationError);
  assert.equal(collector.request, request);
  assert.deepEqual(collector.result(), result);
  assert.deepEqual(collector.owners, owners);
});

test("a request written by hand may leave out lists and maps", () => {
  const collector = createCollector({ container: { id: "c", linux: {} } });
  collector.apply("10-a", {
    adjust: {
      annotations: { a: "1" },
      mounts: [{ destination: "/m" }],
      env: [{ key: "A", value: "1" }],
      linux: {
        sysctl: { "net.x": "1" },
        namespaces: [{ type: "ipc" }],
        resources: { unified: { u: "1" }, devices: [{}] },
      },
      rlimits: [{ type: "R" }],
    },
  });
  const request = CreateContainerRequest.decode(CreateContainerRequest.encode(collector.request));
  assert.deepEqual(request.container?.annotations, { a: "1" });
  assert.deepEqual(request.container?.env, ["A=1"]);
  assert.equal(request.container?.linux?.resources?.devices.length, 1);
  assert.deepEqual(createCollector({}).request.container?.id ?? "", "");
});

/** `count` entries that count how often their `key` is read. */
function counted(count: number, key: string, rest: object): { entries: never[]; reads: () => number } {
  let reads = 0;
  const entries = Array.from({ length: count }, (_, i) =>
    Object.defineProperty({ ...rest }, key, {
      enumerable: true,
      get: () => {
        reads++;
        return `/${i}`;
      },
    }),
  );
  return { entries: entries as never[], reads: () => reads };
}

for (const [what, key, answer] of [
  ["evictions", "containerId", (evict: never[]) => ({ evict })],
  [
    "huge page limits",
    "pageSize",
    (hugepageLimits: never[]) => ({ adjust: { linux: { resources: { hugepageLimits } } } }),
  ],
  ["namespaces", "type", (namespaces: never[]) => ({ adjust: { linux: { namespaces } } })],
  ["mounts", "destination", (mounts: never[]) => ({ adjust: { mounts } })],
  ["devices", "path", (devices: never[]) => ({ adjust: { linux: { devices } } })],
] as const) {
  test(`thousands of ${what} in one answer are joined without comparing each with each`, () => {
    const { entries, reads } = counted(3000, key, {});
    create().apply("10-large", answer(entries) as Init<CreateContainerResponse>);
    assert.ok(reads() < 20 * entries.length, `${reads()} reads of ${key}`);
  });
}
