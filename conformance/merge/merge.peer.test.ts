// The merge against the reference: the same answers of Go plugins to the Go runtime and to our collectors, which must give
// the same reply, updates, owners, conflict texts, and show the same container to later plugins (`compat: "reference"`).
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createCollector, type ResultCollector, stopCollector, updateCollector } from "@nri/adaptation/merge";
import {
  Container,
  ContainerAdjustment,
  ContainerUpdate,
  CreateContainerRequest,
  CreateContainerResponse,
  LinuxResources,
  OwningPlugins,
  StopContainerRequest,
  StopContainerResponse,
  UpdateContainerRequest,
  UpdateContainerResponse,
} from "@nri/protocol";
import { fromJson, type JsonValue, toJson } from "@nri/protocol/json";
import { goPeers } from "../peers/go-peers.js";
import type { JsonObject } from "../peers/json.js";
import { type Recorded, RefPlugin, type Script } from "../peers/refplugin.js";
import { RefRuntime, type StepAnswer } from "../peers/refruntime.js";
import { skipUnless, use } from "../requirements.js";
import { HAND_PICKED } from "./hand-picked.js";
import { Chance, randomAdjustment, randomContainer, randomResources, randomUpdates } from "./random-answers.js";

const PLUGINS = ["10-a", "20-b", "30-c"] as const;
const VALIDATOR = "90-v";

/** One request, and what each plugin answers. */
export interface MergeCase {
  readonly op: "CreateContainer" | "UpdateContainer" | "StopContainer";
  readonly container: JsonObject;
  readonly resources?: JsonObject;
  readonly answers: readonly { readonly adjust?: JsonObject; readonly update?: readonly JsonObject[] }[];
}

/** What came out of one side, as far as it can be compared. */
interface Outcome {
  readonly error?: string;
  readonly adjust?: JsonValue;
  readonly update?: JsonValue;
  readonly owners?: JsonValue;
  /** What each plugin was shown. */
  readonly shown: readonly JsonValue[];
}

const RANDOM = { CreateContainer: 500, UpdateContainer: 300, StopContainer: 50 } as const;

function randomCases(): MergeCase[] {
  const cases: MergeCase[] = [];
  for (const [op, count] of Object.entries(RANDOM) as [MergeCase["op"], number][]) {
    for (let n = 0; n < count; n++) {
      const by = new Chance(n * 3 + op.length);
      const name = `${op}-${n}`;
      const others = op === "CreateContainer" ? (["x", "y"] as const) : (["x", "y", name, name] as const);
      const answers = PLUGINS.map(() => ({
        ...(op === "CreateContainer" && !by.rarely(8) ? { adjust: randomAdjustment(by) } : {}),
        ...(op !== "CreateContainer" || by.rarely(3) ? { update: randomUpdates(by, [...others]) } : {}),
      }));
      const container = randomContainer(by, name);
      cases.push({ op, container, answers, ...(op === "UpdateContainer" ? { resources: randomResources(by) } : {}) });
    }
  }
  return cases;
}

const cases: MergeCase[] = [
  ...HAND_PICKED.map(({ name, op = "CreateContainer", container, ...rest }) => ({
    op,
    container: { id: name, name, ...container },
    ...rest,
  })),
  ...randomCases(),
];

const peers = await goPeers();
const theirs = new Map<string, Outcome>();
const dir = mkdtempSync(join(tmpdir(), "nri-merge-"));
after(() => rmSync(dir, { recursive: true }));

before(async () => {
  if ("missing" in peers) return;
  const { refruntime, refplugin } = use(peers);
  const socket = join(dir, "nri.sock");
  await using runtime = await RefRuntime.start({ binary: refruntime, socket });
  const start = (index: number): RefPlugin => {
    const script: Script = {
      create: byName("CreateContainer", index),
      update: byName("UpdateContainer", index),
      stop: byName("StopContainer", index),
    };
    const [idx = "", name = ""] = PLUGINS[index]?.split("-") ?? [];
    return new RefPlugin({ binary: refplugin, socket, index: idx, name, dir, script });
  };
  await using first = start(0);
  await using second = start(1);
  await using third = start(2);
  const judge = { binary: refplugin, socket, index: "90", name: "v", dir, mode: "noop", args: ["-validate"] } as const;
  await using validator = new RefPlugin(judge);
  await runtime.waitForPlugins(PLUGINS.length + 1);
  const answers: StepAnswer[] = [];
  for (const { op, container, resources } of cases) {
    const request = { pod: { id: "pod", name: "pod" }, container, ...(resources ? { linuxResources: resources } : {}) };
    answers.push(await runtime.try(op, request));
  }
  const calls = [first, second, third, validator].map((plugin) => byContainer(plugin.calls()));
  cases.forEach((one, index) => {
    theirs.set(nameOf(one), theirOutcome(one, answers[index], calls));
  });
});

function nameOf(one: MergeCase): string {
  return String(one.container.name);
}

function byName(op: MergeCase["op"], plugin: number): NonNullable<Script["create"]> {
  const wanted = cases.filter((one) => one.op === op);
  return Object.fromEntries(wanted.map((one) => [nameOf(one), (one.answers[plugin] ?? {}) as JsonObject]));
}

/** Calls by method and container. */
function byContainer(calls: readonly Recorded[]): Map<string, readonly JsonValue[]> {
  const found = new Map<string, readonly JsonValue[]>();
  for (const { method, args } of calls) {
    const subject = (method.startsWith("Validate") ? (args[0] as JsonObject).container : args[1]) as JsonObject;
    if (subject !== undefined) found.set(`${method} ${subject.name}`, args);
  }
  return found;
}

function theirOutcome(
  one: MergeCase,
  answer: StepAnswer | undefined,
  calls: readonly ReadonlyMap<string, readonly JsonValue[]>[],
): Outcome {
  assert.ok(answer !== undefined);
  const shown = calls.flatMap((ofPlugin) => {
    const args = ofPlugin.get(`${one.op} ${nameOf(one)}`);
    return args === undefined ? [] : [shownJson(fromJson(Container, args[1] ?? {}), args[2])];
  });
  if (!answer.ok) return { error: answer.error ?? "", shown };
  const res = (answer.res ?? {}) as JsonObject;
  if (one.op !== "CreateContainer") return { update: updatesJson(asList(res.update)), shown };
  const judged = calls.at(-1)?.get(`ValidateContainerAdjustment ${nameOf(one)}`)?.[0] as JsonObject;
  return {
    adjust: adjustJson(withSysctlMarks(one, res.adjust as JsonObject)),
    update: updatesJson(asList(res.update)),
    owners: toJson(OwningPlugins, fromJson(OwningPlugins, judged.owners ?? {})),
    shown,
  };
}

function asList(value: JsonValue | undefined): JsonObject[] {
  return (value ?? []) as JsonObject[];
}

/** The release under test puts the mark of a removed sysctl among the annotations, its successors where it belongs. */
function withSysctlMarks(one: MergeCase, adjust: JsonObject): JsonObject {
  const asked = one.answers.flatMap(({ adjust: its }) =>
    Object.keys(((its?.linux as JsonObject)?.sysctl ?? {}) as JsonObject),
  );
  const annotations = { ...(adjust.annotations as JsonObject) };
  const linux = adjust.linux as JsonObject;
  const sysctl = { ...(linux.sysctl as JsonObject) };
  for (const key of asked) {
    if (!key.startsWith("-") || annotations[key] === undefined) continue;
    sysctl[key] = annotations[key];
    delete annotations[key];
  }
  return { ...adjust, annotations, linux: { ...linux, sysctl } };
}

// The order of marks among the mounts, and of the container's namespaces, is open in the reference.
function adjustJson(adjust: JsonObject): JsonValue {
  const message = fromJson(ContainerAdjustment, adjust);
  const isMark = (mount: { destination: string }) => Number(mount.destination.startsWith("-"));
  const text = (mount: { destination: string }) => (isMark(mount) ? mount.destination : "");
  message.mounts.sort((a, b) => isMark(a) - isMark(b) || (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
  return toJson(ContainerAdjustment, message);
}

function shownJson(container: Container, resources?: JsonValue): JsonValue {
  container.linux?.namespaces.sort((a, b) => (a.type < b.type ? -1 : a.type > b.type ? 1 : 0));
  return {
    container: toJson(Container, container),
    resources: resources === undefined ? null : toJson(LinuxResources, fromJson(LinuxResources, resources)),
  };
}

function updatesJson(updates: readonly JsonObject[]): JsonValue {
  return updates.map((update) => toJson(ContainerUpdate, fromJson(ContainerUpdate, update)));
}

function ourOutcome(one: MergeCase): Outcome {
  const options = { compat: "reference" } as const;
  const asked = { pod: { id: "pod", name: "pod" }, container: one.container };
  if (one.op === "CreateContainer") {
    const collector = createCollector(fromJson(CreateContainerRequest, asked), options);
    const { error, shown } = relay(collector, CreateContainerResponse, one);
    if (error !== undefined) return { error, shown };
    const { adjust, update } = collector.result();
    assert.ok(adjust !== undefined);
    return {
      adjust: adjustJson(toJson(ContainerAdjustment, adjust) as JsonObject),
      update: update.map((each) => toJson(ContainerUpdate, each)),
      owners: toJson(OwningPlugins, collector.owners),
      shown,
    };
  }
  if (one.op === "UpdateContainer") {
    const request = fromJson(UpdateContainerRequest, { ...asked, linuxResources: one.resources ?? {} });
    const collector = updateCollector(request, options);
    const { error, shown } = relay(collector, UpdateContainerResponse, one);
    if (error !== undefined) return { error, shown };
    return { update: collector.result().update.map((each) => toJson(ContainerUpdate, each)), shown };
  }
  const collector = stopCollector(fromJson(StopContainerRequest, asked), options);
  const { error, shown } = relay(collector, StopContainerResponse, one);
  if (error !== undefined) return { error, shown };
  return { update: collector.result().update.map((each) => toJson(ContainerUpdate, each)), shown };
}

function relay<Request extends { container?: unknown }, Response>(
  collector: ResultCollector<Request, Response>,
  type: Parameters<typeof fromJson<Response>>[0],
  one: MergeCase,
): { error?: string; shown: JsonValue[] } {
  const shown: JsonValue[] = [];
  for (const [index, plugin] of [...PLUGINS, VALIDATOR].entries()) {
    const { container, linuxResources } = collector.request as {
      container: Container;
      linuxResources?: LinuxResources;
    };
    shown.push(
      shownJson(
        fromJson(Container, toJson(Container, container)),
        linuxResources === undefined ? undefined : toJson(LinuxResources, linuxResources),
      ),
    );
    try {
      collector.apply(plugin, fromJson(type, (one.answers[index] ?? {}) as JsonObject) as never);
    } catch (error) {
      return { error: (error as Error).message, shown };
    }
  }
  return { shown };
}

/** Without the key of a conflict inside a map where the two sides differ: the reference walks maps in any order. */
function anyKey(outcome: Outcome, other: Outcome | undefined): Outcome {
  if (outcome.error === undefined || outcome.error === other?.error) return outcome;
  const inMap = /^plugins "(.*)" and ".*" both tried to set (Annotations|Sysctl|LinuxNetDevices) .*$/;
  return { ...outcome, error: outcome.error.replace(inMap, 'plugins "$1" and another both tried to set $2') };
}

for (const op of Object.keys(RANDOM) as MergeCase["op"][]) {
  test(`the answers of Go plugins to ${op} are joined as the Go runtime joins them`, {
    skip: skipUnless(peers),
  }, () => {
    use(peers);
    const wanted = cases.filter((one) => one.op === op);
    const refused = wanted.filter((one) => theirs.get(nameOf(one))?.error !== undefined).length;
    // Otherwise most of the comparison would say nothing.
    if (op !== "StopContainer")
      assert.ok(refused > 10 && refused < wanted.length - 10, `${refused} of ${wanted.length} refused`);
    for (const one of wanted) {
      const [ours, expected] = [ourOutcome(one), theirs.get(nameOf(one)) as Outcome];
      assert.deepEqual(
        anyKey(ours, expected),
        anyKey(expected, ours),
        `${nameOf(one)}: ${JSON.stringify(one, undefined, 1)}`,
      );
    }
  });
}
