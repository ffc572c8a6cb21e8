// containerd as an engine of the bridge, on real releases with and without NRI: what it says exists, what happens in it, and
// what it does when asked. No wrapper and no plugin: those are tested with everything together.
import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { ContainerState, LinuxResources } from "@nri/protocol";
import {
  createContainerdEngine,
  type Domain,
  type DomainState,
  type Engine,
  type Exit,
  type RuntimeCall,
} from "@nri/runtime";
import { runPod } from "../containerd/pods.js";
import {
  type Containerd,
  type ContainerdFiles,
  type ContainerdLine,
  containerdFiles,
  startContainerd,
} from "../peers/containerd.js";
import { cgroupFile } from "../peers/cri.js";
import { skipUnless, use } from "../requirements.js";
import { pause, until } from "../waits.js";

const IMAGE = "localhost/peers/busybox:1";
/** How late an exit may be told. */
const EXIT_MS = 1_000;
const LIMIT = 48n << 20n;

/** An engine that runs, and what it has told. */
interface Told {
  readonly engine: Engine;
  readonly exits: ({ readonly id: string; readonly lateMs: number } & Exit)[];
  readonly removals: string[];
  readonly log: string[];
  lost: number;
  domain(name: string): Domain;
}

async function listen(containerd: Containerd, servesNri: "auto" | "yes" | "no" = "auto"): Promise<Told> {
  const log: string[] = [];
  const write = (text: string) => log.push(text);
  const engine = createContainerdEngine({
    address: containerd.socket,
    namespaces: ["*"],
    servesNri,
    nriSocket: containerd.nriSocket,
    log: { debug: write, info: write, warn: write, error: write },
  });
  const told: Told = {
    engine,
    exits: [],
    removals: [],
    log,
    lost: 0,
    domain: (name) => {
      const found = engine.domains.find((one) => one.name === name);
      assert.ok(found, `no domain ${name}`);
      return found;
    },
  };
  await engine.start({
    exited: (domain, id, exit) => {
      const lateMs = Date.now() - Number(exit.at / 1_000_000n);
      told.exits.push({ id: `${domain}/${id}`, lateMs, ...exit });
    },
    removed: (domain, id) => told.removals.push(`${domain}/${id}`),
    lost: () => told.lost++,
    away: () => undefined,
  });
  return told;
}

const signal = (): AbortSignal => AbortSignal.timeout(30_000);

/** What containerd says of the NRI that it has, as the bridge tells it. */
async function nriOf(t: TestContext, containerd: Containerd): Promise<boolean> {
  const told = await listen(containerd);
  await using _engine = told.engine;
  t.diagnostic(told.log.join("; "));
  return told.domain("containerd:k8s.io").servesNri;
}

const ctrRun = (containerd: Containerd, id: string, ...command: string[]) =>
  containerd.ctr("-n", "default", "run", "-d", "--label", "team=a", "--annotation", "note=1", IMAGE, id, ...command);

const find = ({ containers }: DomainState, id: string) => containers.find(({ container }) => container.id === id);

async function check(t: TestContext, line: ContainerdLine, files: ContainerdFiles): Promise<void> {
  const env: Record<string, string> = { CNI_SUBNET: "10.88.61.0/24", CNI_BRIDGE: "pbrdom0", NRI_DISABLE: "true" };
  await using containerd = await startContainerd(files, { env });
  t.diagnostic(`containerd ${containerd.version}`);
  const alone = `dom-${process.pid}-${line.replace(".", "")}`;
  const told = await listen(containerd);
  await using _engine = told.engine;
  await using pod = await runPod(containerd, { name: "dom", annotations: { "pod/note": "1" }, network: "POD" });
  const inPod = await pod.container({ name: "main", labels: { tier: "x" }, network: "POD" });
  await ctrRun(containerd, alone, "sh", "-c", "trap 'exit 9' TERM; sleep 1000 & wait");
  const k8s = told.domain("containerd:k8s.io");
  const call: RuntimeCall = { verb: "create", id: alone, root: "/run/x/default", bundle: "", engine: "containerd" };
  const plain = told.engine.domainFor(call) ?? assert.fail();

  await t.test("it lists pods and containers with what CRI and ctr gave them", async () => {
    const state = await k8s.list(signal());
    const [found] = state.pods;
    assert.deepEqual(
      [state.pods.length, found?.name, found?.namespace, found?.uid, found?.labels.app],
      [1, "dom", "default", "dom-uid", "dom"],
    );
    assert.equal(found?.annotations["pod/note"], "1");
    assert.match(found?.ips.join() ?? "", /^10\.88\.61\.\d+$/);
    assert.ok((found?.pid ?? 0) > 0);
    const one = find(state, inPod.id);
    assert.equal(one?.podId, pod.id);
    const { container } = one ?? assert.fail();
    assert.equal(container.name, "main");
    assert.equal(container.state, ContainerState.CONTAINER_RUNNING);
    assert.equal(container.pid, inPod.pid);
    assert.equal(container.labels.tier, "x");
    assert.match(container.image?.digest ?? "", /^sha256:/);
    assert.match(container.image?.configDigest ?? "", /^sha256:/);
    assert.ok(container.startedAt >= container.createdAt && container.createdAt > 0n);
    const other = await plain.list(signal());
    assert.deepEqual(
      other.pods.map(({ id, namespace, labels }) => [id, namespace, labels.team]),
      [[alone, "default", "a"]],
    );
    assert.equal(find(other, alone)?.container.annotations.note, "1");
  });

  await t.test("it describes a container that is being created", async () => {
    const spec = { ociVersion: "1.0.0" };
    const described = await k8s.describe({ ...call, id: inPod.id }, spec, signal());
    assert.ok(described.kind === "container" && !described.ownPod);
    assert.deepEqual([described.known.name, described.pod?.name, described.pod?.id], ["main", "dom", pod.id]);
    assert.equal((await k8s.describe({ ...call, id: pod.id }, spec, signal())).kind, "pod");
    const lone = await plain.describe(call, spec, signal());
    assert.ok(lone.kind === "container" && lone.ownPod && lone.pod?.namespace === "default");
    const unknown = await plain.describe({ ...call, id: "nobody" }, spec, signal());
    assert.ok(unknown.kind === "container" && unknown.known.name === "nobody");
  });

  await t.test("it gives a running container other resources", async () => {
    for (const [domain, id] of [
      [k8s, inPod.id],
      [plain, alone],
    ] as const) {
      const resources = LinuxResources.create({ memory: { limit: { value: LIMIT } }, pids: { limit: 321n } });
      await domain.update(id, resources, signal());
      const pid = await domain.pid(id, signal());
      assert.equal(cgroupFile(pid, "memory", "memory.limit_in_bytes", "memory.max"), String(LIMIT));
      assert.equal(cgroupFile(pid, "pids", "pids.max", "pids.max"), "321");
    }
    const nonsense = LinuxResources.create({ cpu: { cpus: "4095" } });
    await assert.rejects(plain.update(alone, nonsense, signal()), /Tasks\/Update: /);
  });

  await t.test("it tells an exit at once, with the code, and not those of execs; then the removal", async () => {
    await containerd.ctr("-n", "default", "task", "exec", "--exec-id", "e1", alone, "true");
    await containerd.ctr("-n", "default", "task", "kill", "-s", "SIGTERM", alone);
    const exit = await until("the exit", () => told.exits.find(({ id }) => id === `containerd:default/${alone}`));
    assert.equal(exit.code, 9);
    assert.ok(exit.lateMs < EXIT_MS, `told ${exit.lateMs} ms late`);
    t.diagnostic(`the exit was told ${exit.lateMs} ms late`);
    assert.equal(told.exits.length, 1);
    const stopped = find(await plain.list(signal()), alone)?.container;
    assert.deepEqual([stopped?.state, stopped?.exitCode, stopped?.pid], [ContainerState.CONTAINER_STOPPED, 9, 0]);
    await plain.update(alone, LinuxResources.create({ memory: { limit: { value: LIMIT } } }), signal());
    assert.deepEqual(told.removals, []);
    await containerd.ctr("-n", "default", "task", "delete", alone);
    await containerd.ctr("-n", "default", "container", "delete", alone);
    await until("the removal", () => told.removals.includes(`containerd:default/${alone}`));
    await plain.update(alone, LinuxResources.create({ memory: { limit: { value: LIMIT } } }), signal());
  });

  await t.test("what happens while containerd is away is in its list, and it says that events were lost", async () => {
    const restarted = containerd.restart();
    await until("the loss to be seen", () => told.log.some((text) => text.includes("is away")));
    process.kill(inPod.pid, "SIGKILL");
    await restarted;
    await until("the end of the loss", () => told.lost === 1);
    assert.equal(k8s.servesNri, false);
    // CRI takes a moment to look at its containers
    const { container } = await untilAsync(async () => {
      const found = find(await k8s.list(signal()), inPod.id);
      return found?.container.state === ContainerState.CONTAINER_STOPPED ? found : undefined;
    });
    // 255: containerd has lost the task, and its code with it
    assert.ok([137, 255].includes(container.exitCode), `${container.exitCode}`);
    assert.equal(container.pid, 0);
  });

  await t.test("a container that is evicted ends, and its engine cleans up", async () => {
    const other = await pod.container({ name: "other", network: "POD" });
    await k8s.evict(other.id, "a test says so", signal());
    const exit = await until("the exit", () => told.exits.find(({ id }) => id === `containerd:k8s.io/${other.id}`));
    assert.equal(exit.code, 137);
    assert.equal(exit.pid, other.pid);
    assert.ok(exit.lateMs < EXIT_MS, `told ${exit.lateMs} ms late`);
    await k8s.evict(other.id, "again", signal());
    await other.stop(); // CRI has seen it too then
    await pod.end();
    await until("the removals", () => told.removals.length === 4);
    assert.deepEqual(
      new Set(told.removals.slice(1)),
      new Set([inPod.id, other.id, pod.id].map((id) => `containerd:k8s.io/${id}`)),
    );
    assert.deepEqual(await k8s.list(signal()), { pods: [], containers: [] });
  });

  await t.test("whether it has NRI of its own is found out, again after a restart", async () => {
    assert.equal(await nriOf(t, containerd), false);
    env.NRI_DISABLE = "false";
    const before = told.lost;
    await containerd.restart();
    await until("the end of the loss", () => told.lost > before);
    assert.equal(k8s.servesNri, line !== "1.6");
    assert.equal(plain.servesNri, false);
  });
}

async function untilAsync<T>(find: () => Promise<T | undefined>): Promise<T> {
  for (let left = 100; ; left--) {
    const found = await find();
    if (found !== undefined) return found;
    if (left === 0) throw new Error("it did not come");
    await pause(100);
  }
}

for (const line of ["2.1", "1.6"] as const) {
  const files = await containerdFiles(line);
  test(`containerd ${line} as an engine of the bridge`, { skip: skipUnless(files) }, async (t) => {
    await check(t, line, use(files));
  });
}

test("containerd that is away is waited for", async () => {
  const log: string[] = [];
  const write = (text: string) => log.push(text);
  await using engine = createContainerdEngine({
    address: "/nonexistent/containerd.sock",
    namespaces: ["default"],
    servesNri: "no",
    nriSocket: "",
    log: { debug: write, info: write, warn: write, error: write },
  });
  const away: string[] = [];
  const events = { exited: assert.fail, removed: assert.fail, lost: assert.fail };
  await engine.start({ ...events, away: (name, reason) => away.push(`${name}: ${reason}`) });
  assert.match(away.join("|"), /^containerd: there is no containerd at \/nonexistent\/containerd.sock$/);
  assert.match(log.join(), /^there is no containerd at \/nonexistent\/containerd.sock; it is waited for$/);
  const [domain] = engine.domains;
  assert.equal(domain?.name, "containerd:default");
  assert.ok(domain);
  await assert.rejects(domain.list(signal()), /containerd: Tasks\/List: /);
  await assert.rejects(domain.update("c1", LinuxResources.create({}), signal()), /containerd: Tasks\/Update: /);
  await assert.rejects(domain.evict("c1", "a test says so", signal()), /containerd: Tasks\/Kill: /);
  const call: RuntimeCall = { verb: "create", id: "c1", root: "", bundle: "", engine: "containerd" };
  const described = await domain.describe(call, { ociVersion: "1" }, signal());
  assert.ok(described.kind === "container" && described.known.name === "c1");
});
