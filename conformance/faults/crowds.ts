// Many at once: silent connections, plugins that come and go during creations, updates from inside every handler.

import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Adaptation, createAdaptation } from "@nri/adaptation";
import {
  type Container,
  CreateContainerRequest,
  EVENT_NAMES,
  EVENTS,
  type Init,
  RemoveContainerRequest,
} from "@nri/protocol";
import { pause } from "../waits.js";
import { startLab } from "./lab.js";
import { WirePlugin } from "./wire-plugin.js";

/** What one crowd did wrong. */
export interface CrowdResult {
  readonly what: string;
  readonly problems: readonly string[];
}

/** All crowds, one after the other. */
export async function crowds(options: { readonly creates: number; readonly seed: number }): Promise<CrowdResult[]> {
  const results: CrowdResult[] = [];
  const add = async (what: string, found: Promise<string[]>): Promise<void> => {
    results.push({ what, problems: (await found).map((problem) => `${what}: ${problem}`) });
  };
  await add("50 silent connections", silentConnections(50));
  await add(`joining and leaving during ${options.creates} creations`, comingAndGoing(options.creates, options.seed));
  await add("updates from inside every handler", updatesFromHandlers());
  await add("100 updates a second", updatesAtARate(100, 3000));
  return results;
}

const GOOD_WITHIN_MS = 1000;

/** Half of the connections never register, half hang in Configure; a good one joins all the same. */
export async function silentConnections(count: number): Promise<string[]> {
  await using lab = await startLab();
  const silent: Socket[] = [];
  const hanging: WirePlugin[] = [];
  for (let i = 0; i < count; i++) {
    silent.push(connect(lab.socket));
    const fault = { method: "Configure", kind: "hang", strikes: 1, lateMs: 0 } as const;
    const plugin = await WirePlugin.connect(lab.socket, { index: "30", name: `hanging-${i}`, fault });
    hanging.push(plugin);
    await plugin.register();
  }
  const started = performance.now();
  const good = await WirePlugin.connect(lab.socket, { index: "40", name: "good" });
  await good.register();
  await lab.adaptation.waitForPlugins(3, { timeoutMs: 10_000 });
  const took = performance.now() - started;
  good.close();
  for (const one of [
    ...silent.map((socket) => () => socket.destroy()),
    ...hanging.map((plugin) => () => plugin.close()),
  ])
    one();
  return took <= GOOD_WITHIN_MS ? [] : [`the good one waited ${Math.round(took)} ms`];
}

/** One plugin's view of the containers: what it was told, and what it should not have been told. */
class Ledger {
  readonly known = new Set<string>();
  readonly problems: string[] = [];
  plugin: WirePlugin | undefined;

  readonly answers = {
    CreateContainer: (payload: Uint8Array): Uint8Array => {
      const id = CreateContainerRequest.decode(payload).container?.id ?? "";
      if (this.known.has(id)) this.problems.push(`${id} was created though known`);
      this.known.add(id);
      return new Uint8Array(0);
    },
    RemoveContainer: (payload: Uint8Array): Uint8Array => {
      const id = RemoveContainerRequest.decode(payload).container?.id ?? "";
      if (!this.known.delete(id)) this.problems.push(`${id} was removed though not known`);
      return new Uint8Array(0);
    },
  };

  /** Takes in a part of the state. */
  synchronize(containers: readonly Container[]): void {
    for (const { id } of containers) {
      if (this.known.has(id)) this.problems.push(`${id} was synchronized though known`);
      this.known.add(id);
    }
  }

  /** Compares with the runtime's own state, between two of its operations. */
  compare(state: ReadonlyMap<string, unknown>): void {
    for (const id of state.keys()) if (!this.known.has(id)) this.problems.push(`${id} is not known`);
    for (const id of this.known) if (!state.has(id)) this.problems.push(`${id} is known though gone`);
  }
}

/** A small seeded generator: the same seed, the same run. */
function random(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const CREATORS = 4;
const ALIVE = 300;
const VISITORS = 4;

/** Each container is in each plugin's Synchronize or in one creation, and goes once. */
export async function comingAndGoing(creates: number, seed: number): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), "nri-crowd-"));
  const state = new Map<string, Init<Container>>();
  const chance = random(seed);
  const socketPath = join(dir, "nri.sock");
  await using adaptation = createAdaptation({
    runtime: { name: "crowd", version: "v1.0.0" },
    // Some runtimes take a while to gather their state.
    synchronize: async (sync) => {
      const containers = [...state.values()];
      if (chance() < 0.5) await pause(chance() * 20);
      await sync([], containers);
    },
    updateContainers: async () => [],
    socketPath,
  });
  await adaptation.start();
  const problems: string[] = [];
  let running = true;

  const join_ = async (index: number): Promise<Ledger> => {
    const ledger = new Ledger();
    const plugin = await WirePlugin.connect(socketPath, {
      index: String(10 + index),
      name: "visitor",
      answers: ledger.answers,
      synchronize: ({ containers, more }) => {
        ledger.synchronize(containers);
        return { more };
      },
    });
    ledger.plugin = plugin;
    await plugin.register();
    return ledger;
  };
  // Nobody creates or removes while somebody looks.
  const gate = new Gate();
  const steady = [await join_(0), await join_(1)];
  await adaptation.waitForPlugins(2, { timeoutMs: 10_000 });
  let visits = 0;
  const visitor = async (index: number): Promise<void> => {
    while (running) {
      const ledger = await join_(index);
      await pause(5 + chance() * 60);
      if (chance() < 0.5) {
        await adaptation.waitForPlugins(1); // it may still wait for its turn
        await gate.alone(async () => {
          if (adaptation.plugins.some(({ index: two }) => two === String(10 + index))) ledger.compare(state);
        });
      }
      ledger.plugin?.close();
      problems.push(...ledger.problems);
      visits++;
      while (adaptation.plugins.some(({ index: two }) => two === String(10 + index))) await pause(1);
    }
  };
  const visitors = Array.from({ length: VISITORS }, (_, i) => visitor(i + 2));

  let next = 0;
  const leaving = new Set<string>();
  const creator = async (): Promise<void> => {
    while (next < creates) {
      const id = `ctr-${next++}`;
      await gate.shared(async () => {
        await operation(adaptation, chance() < 0.8, () => create(adaptation, state, id));
        const oldest = [...state.keys()].find((one) => !leaving.has(one));
        if (oldest !== undefined && state.size > ALIVE) {
          leaving.add(oldest);
          await operation(adaptation, chance() < 0.8, () => remove(adaptation, state, oldest));
          leaving.delete(oldest);
        }
      });
    }
  };
  await Promise.all(Array.from({ length: CREATORS }, creator));
  running = false;
  await Promise.all(visitors);
  for (const ledger of steady) {
    ledger.compare(state);
    problems.push(...ledger.problems);
    ledger.plugin?.close();
  }
  if (visits < VISITORS) problems.push(`only ${visits} visits`);
  await adaptation.stop();
  await rm(dir, { recursive: true, force: true });
  return problems.slice(0, 50);
}

/** As runtimes do it that block synchronisation around their steps, or as those that do not. */
async function operation(adaptation: Adaptation, blocked: boolean, work: () => Promise<void>): Promise<void> {
  if (!blocked) return await work();
  const block = await adaptation.blockPluginSync();
  try {
    await work();
  } finally {
    block.unblock();
  }
}

function request(id: string): { pod: { id: string; name: string }; container: Init<Container> } {
  return { pod: { id: "pod", name: "pod" }, container: { id, podSandboxId: "pod", name: id } };
}

async function create(adaptation: Adaptation, state: Map<string, Init<Container>>, id: string): Promise<void> {
  await adaptation.createContainer(request(id));
  state.set(id, request(id).container);
  await adaptation.postCreateContainer(request(id));
}

async function remove(adaptation: Adaptation, state: Map<string, Init<Container>>, id: string): Promise<void> {
  await adaptation.removeContainer(request(id));
  state.delete(id);
}

/** Many share it, or one has it alone. */
class Gate {
  #shared = 0;
  #alone: Promise<void> = Promise.resolve();
  #waiting = 0;

  async shared(work: () => Promise<void>): Promise<void> {
    while (this.#waiting > 0) await this.#alone;
    this.#shared++;
    try {
      await work();
    } finally {
      this.#shared--;
    }
  }

  async alone(work: () => Promise<void>): Promise<void> {
    this.#waiting++;
    const before = this.#alone;
    const mine = (async () => {
      await before;
      while (this.#shared > 0) await pause(1);
      await work();
    })();
    this.#alone = mine.finally(() => {
      this.#waiting--;
    });
    await this.#alone;
  }
}

/**
 * Two plugins that ask for an update inside each of their methods, and answer only when that was done: one with the
 * dedicated calls, and an old one that gets StateChange. Together all 18 methods.
 */
export async function updatesFromHandlers(): Promise<string[]> {
  let asked = 0;
  const problems: string[] = [];
  await using lab = await startLab({
    updateContainers: async (updates) => {
      asked += updates.length;
      await pause(1);
      return [];
    },
    policies: { rules: [{ plugin: "*", timeoutMs: 5000 }] },
  });
  let issued = 0;
  let answered = 0;
  const plugins: WirePlugin[] = [];
  for (const [i, old] of [false, true].entries()) {
    let plugin: WirePlugin | undefined;
    const around = async (): Promise<void> => {
      issued++;
      await plugin?.updateContainers({ update: [{ containerId: `ctr-${issued}` }] });
      answered++;
    };
    // Both name nothing, which is everything.
    plugin = await WirePlugin.connect(lab.socket, { index: `5${i}`, name: "updating", around, old, events: 0 });
    plugins.push(plugin);
    await plugin.register();
    await lab.adaptation.waitForPlugins(3 + i, { timeoutMs: 10_000 });
  }
  for (const event of EVENT_NAMES) {
    if (event === "validateContainerAdjustment") continue;
    await (lab.adaptation[event] as (message: unknown) => Promise<unknown>)(request("ctr"));
  }
  await lab.adaptation.stop();
  const events = EVENT_NAMES.map((event) => EVENTS[event]);
  const own = events.filter(({ stateChange }) => !stateChange).map(({ name }) => name);
  const dedicated = events.filter(({ stateChange }) => stateChange).map(({ name }) => name);
  const around = ["Configure", "Synchronize", "Shutdown", ...own];
  const calls: [WirePlugin | undefined, string, number][] = [
    ...[...around, ...dedicated].map((name): [WirePlugin | undefined, string, number] => [plugins[0], name, 1]),
    ...around.map((name): [WirePlugin | undefined, string, number] => [plugins[1], name, 1]),
    [plugins[1], "StateChange", dedicated.length],
  ];
  for (const [plugin, method, times] of calls) {
    const count = plugin?.count(method);
    if (count !== times) problems.push(`${method} was called ${count} times instead of ${times}`);
  }
  if (issued !== answered || issued !== asked) problems.push(`${issued} issued, ${answered} answered, ${asked} seen`);
  if (issued !== calls.reduce((sum, [, , times]) => sum + times, 0)) problems.push(`only ${issued} issued`);
  for (const plugin of plugins) plugin.close();
  return problems;
}

/** Three plugins ask for `rate` updates a second each while requests run. */
export async function updatesAtARate(rate: number, durationMs: number): Promise<string[]> {
  const problems: string[] = [];
  const ledger = { issued: 0, answered: 0, seen: 0 };
  await using lab = await startLab({
    updateContainers: async (updates) => {
      ledger.seen += updates.length;
      await pause(2);
      return [];
    },
  });
  const plugins = [...lab.healthy];
  const end = performance.now() + durationMs;
  const calls: Promise<void>[] = [];
  const issue = (plugin: WirePlugin): void => {
    ledger.issued++;
    const call = plugin.updateContainers({ update: [{ containerId: String(ledger.issued) }] });
    calls.push(
      call.then(
        () => void ledger.answered++,
        (error: Error) => void problems.push(error.message),
      ),
    );
  };
  const issuing = (async () => {
    const started = performance.now();
    while (performance.now() < end) {
      const due = ((performance.now() - started) * rate) / 1000;
      while (ledger.issued < due * plugins.length) for (const plugin of plugins) issue(plugin);
      await pause(5);
    }
  })();
  let requests = 0;
  while (performance.now() < end) {
    await lab.adaptation.createContainer(request(`ctr-${requests++}`));
    await pause(1);
  }
  await issuing;
  await Promise.all(calls);
  const { issued, answered, seen } = ledger;
  if (issued !== answered || issued !== seen) problems.push(`${issued} issued, ${answered} answered, ${seen} seen`);
  if (issued < (rate * durationMs) / 1000) problems.push(`only ${issued} issued in ${durationMs} ms`);
  return problems;
}
