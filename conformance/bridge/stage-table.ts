// What the table of capabilities says of a real engine is so: in each event, each field of pods and containers is filled, or
// it is empty; events that it says are seen are seen, the others are not.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { definePlugin, silentLogger } from "@nri/plugin";
import {
  type Container,
  EVENT_NAMES,
  EVENTS,
  type EventName,
  FIELD_NAMES,
  FIELDS,
  type FieldName,
  type PodSandbox,
} from "@nri/protocol";
import { capabilitiesOf, capabilityOf, type FieldCapabilities, type FieldCapability } from "@nri/runtime";
import { missingOnMachine } from "../requirements.js";
import { until } from "../waits.js";
import type { TestBridge } from "./bridge.js";
import { titleOf } from "./check-facts.js";
import { FACTS } from "./facts.js";
import { fieldPaths } from "./protocol-paths.js";
import { richAdjustment } from "./rich.js";

/** The order in which a pod and its container live; Synchronize is compared with what came before it. */
const LIFE: readonly EventName[] = [
  "runPodSandbox",
  "createContainer",
  "validateContainerAdjustment",
  "postCreateContainer",
  "startContainer",
  "postStartContainer",
  "updateContainer",
  "postUpdateContainer",
  "stopContainer",
  "removeContainer",
  "stopPodSandbox",
  "removePodSandbox",
];

interface Seen {
  readonly event: EventName;
  readonly pod: PodSandbox;
  readonly container: Container | undefined;
}

/** Fields that the table of adjustable fields has as one are looked at as one; the test's container has them all. */
const WHOLE = FIELD_NAMES.map((name) => placeOf(name));
/** But for those that this machine cannot have. */
const IMPOSSIBLE = FACTS.filter((fact) => missingOnMachine(titleOf(fact)) !== undefined).map(({ field }) =>
  placeOf(field),
);

/** Takes a pod and a container through their life (`live`), and compares what a plugin saw with the table. */
export async function checkTable(
  t: TestContext,
  domain: string,
  bridge: TestBridge,
  live: (isTold: (event: EventName) => boolean) => Promise<void>,
): Promise<void> {
  const said = capabilitiesOf(domain);
  assert.ok(said !== undefined);
  const seen: Seen[] = [];
  const note = (event: EventName) => (call: { pod: PodSandbox; container?: Container }) => {
    seen.push({ event, pod: call.pod, container: call.container });
  };
  const handlers = Object.fromEntries(EVENT_NAMES.map((event) => [event, note(event)]));
  const createContainer = (call: { pod: PodSandbox; container: Container }) => {
    note("createContainer")(call);
    return { adjust: richAdjustment(bridge.place) };
  };
  await using _session = await definePlugin({ ...handlers, createContainer }).start({
    socketPath: bridge.nriSocket,
    index: "10",
    name: "table",
    environment: {},
    log: silentLogger,
  });
  const isTold = (event: EventName) => seen.some((one) => one.event === event);
  await live(isTold);
  await until("the last event", () => isTold("removePodSandbox"));

  await t.test("events", () => {
    assert.deepEqual(
      EVENT_NAMES.filter(isTold),
      EVENT_NAMES.filter((event) => "at" in said.events[event]),
    );
  });
  await t.test("fields of pods", () => {
    compare(said.pod, fieldPaths("PodSandbox"), seen, ({ pod }) => pod);
  });
  await t.test("fields of containers", () => {
    const moments = seen.filter(({ container }) => container !== undefined);
    compare(said.container, fieldPaths("Container"), moments, ({ container }) => container);
  });
}

function placeOf(name: FieldName): string {
  const row = FIELDS[name];
  return "container" in row ? row.container : row.path;
}

/** What is filled against what the table says, all of it at once. */
function compare<T>(
  fields: FieldCapabilities<T>,
  paths: readonly string[],
  moments: readonly Seen[],
  message: (seen: Seen) => object | undefined,
): void {
  const wrong: string[] = [];
  for (const path of new Set(paths.map((one) => WHOLE.find((whole) => one.startsWith(`${whole}.`)) ?? one))) {
    const capability = capabilityOf(fields, path);
    assert.ok(capability !== undefined, path);
    for (const seen of moments) {
      const filled = isFilled(valueAt(message(seen), path));
      const wanted = wantedAt(capability, seen.event, Object.hasOwn(fields, path), path, message(seen) === seen.pod);
      if (wanted !== undefined && wanted !== filled)
        wrong.push(`${path} in ${EVENTS[seen.event].name} is ${filled ? "filled" : "empty"}`);
    }
  }
  assert.deepEqual(wrong, []);
}

/** Whether it is to be filled; undefined: the test's pod and container do not tell. */
function wantedAt(
  capability: FieldCapability,
  event: EventName,
  own: boolean,
  path: string,
  ofPod: boolean,
): boolean | undefined {
  if ("reason" in capability) return false;
  const at = LIFE.indexOf(event);
  if (capability.since !== undefined && at < LIFE.indexOf(capability.since)) return false;
  if (capability.until !== undefined && at >= LIFE.indexOf(capability.until)) return false;
  if (capability.untested !== undefined || IMPOSSIBLE.includes(path)) return undefined;
  if (own) return true;
  // what is in the spec is there once the plugin has asked for it
  return ofPod || at < LIFE.indexOf("postCreateContainer") ? undefined : true;
}

function valueAt(message: object | undefined, path: string): unknown {
  let at: unknown = message;
  for (const step of path.split(".")) at = (at as Readonly<Record<string, unknown>> | undefined)?.[step];
  return at;
}

function isFilled(value: unknown): boolean {
  if (value === undefined || value === "" || value === 0 || value === 0n || value === false) return false;
  return typeof value === "object" && value !== null && !("value" in value) ? Object.keys(value).length > 0 : true;
}
