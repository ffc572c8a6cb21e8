// The JSON document of -o json; schemas/simulate.json describes it.

import type { PluginInfo } from "@nri/adaptation";
import {
  ContainerAdjustment,
  ContainerEviction,
  ContainerUpdate,
  CreateContainerRequest,
  EVENT_NAMES,
  EVENTS,
  OwningPlugins,
  PodSandbox,
} from "@nri/protocol";
import { toJson } from "@nri/protocol/json";
import { type Node, SpecNode } from "@nri/runtime/json-text";
import type { Step } from "@nri/testing";
import { version } from "../version.js";
import type { ContainerResult, PodResult, SimulationResult } from "./result.js";

/** Everything, as the contract has it. */
export function resultDocument(result: SimulationResult): Node {
  return {
    version: version(),
    ok: result.ok,
    plugins: result.plugins.map(pluginDocument),
    pods: result.pods.map(podDocument),
  };
}

function pluginDocument({ name, kind, events, exit, stderr }: PluginInfo): Node {
  return {
    name,
    kind,
    events: EVENT_NAMES.filter((event) => (events & EVENTS[event].mask) !== 0).map((event) => EVENTS[event].name),
    exit: exit === undefined ? undefined : (exit.signal ?? exit.code),
    stderr,
  };
}

function podDocument({ played, containers }: PodResult): Node {
  return {
    pod: toJson(PodSandbox, played.plan.pod),
    containers: containers.map((container) => containerDocument(played.plan.pod, container)),
  };
}

function containerDocument(pod: PodSandbox, { played, steps, conflicts }: ContainerResult): Node {
  const { container } = played.plan;
  return {
    id: container.id,
    name: container.name,
    request: toJson(CreateContainerRequest, { pod, container }),
    steps: steps.map(stepDocument),
    conflicts: conflicts.map(({ field, key, plugins }) => ({ field, key, plugins })),
    verdicts: steps.flatMap(({ plugin, verdict }) =>
      verdict === undefined ? [] : [{ validator: plugin, rejected: verdict.rejected, reason: verdict.reason }],
    ),
    adjustment: played.adjustment === undefined ? null : toJson(ContainerAdjustment, played.adjustment),
    ...(played.exit === undefined ? {} : { exit: { code: played.exit.code, told: played.exit.told } }),
    spec: played.spec === undefined ? null : new SpecNode(played.spec),
    notAppliedBy: { reference: played.notAppliedByReference },
  };
}

function stepDocument({ plugin, event, adjustment, updates, evictions, owners, error, micros }: Step): Node {
  return {
    plugin,
    event: EVENTS[event].name,
    adjustment: adjustment === undefined ? undefined : toJson(ContainerAdjustment, adjustment),
    updates: updates.length === 0 ? undefined : updates.map((update) => toJson(ContainerUpdate, update)),
    evictions: evictions.length === 0 ? undefined : evictions.map((eviction) => toJson(ContainerEviction, eviction)),
    owners: toJson(OwningPlugins, owners ?? {}),
    error: error?.message,
    micros,
  };
}
