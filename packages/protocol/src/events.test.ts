// The event table against the table of the protocol.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { eventsIn, hasEvent, maskOf } from "./event-mask.js";
import { EVENT_NAMES, EVENTS, VALID_EVENTS } from "./events.js";
import { Event } from "./gen/messages.js";
import { PLUGIN_SERVICE } from "./names.js";

interface Table {
  readonly services: Record<
    string,
    { readonly methods: readonly { name: string; request: string; response: string }[] }
  >;
}
const { nri } = JSON.parse(
  readFileSync(new URL("../../../conformance/spec/protocol.json", import.meta.url), "utf8"),
) as { nri: Table };
const methods = nri.services[PLUGIN_SERVICE]?.methods ?? [];

test("every event has one row, with its number, its bit and the messages of its call", () => {
  const numbers = Object.values(Event).filter((event) => event !== Event.UNKNOWN && event !== Event.LAST);
  assert.deepEqual(
    EVENT_NAMES.map((name) => EVENTS[name].event),
    numbers,
  );
  for (const name of EVENT_NAMES) {
    const row = EVENTS[name];
    assert.equal(row.mask, 2 ** (row.event - 1), name);
    assert.equal(row.name.toLowerCase(), name.toLowerCase());
    const method = methods.find((one) => one.name === row.name);
    assert.deepEqual([row.request.typeName, row.response.typeName], [method?.request, method?.response], name);
  }
});

test("every call of a plugin but those of its own life is an event", () => {
  const rest = methods
    .map(({ name }) => name)
    .filter((name) => !Object.values(EVENTS).some((row) => row.name === name));
  assert.deepEqual(rest, ["Configure", "Synchronize", "Shutdown", "StateChange"]);
});

test("nine events can come as StateChange, and none of them has an answer", () => {
  const fallback = EVENT_NAMES.filter((name) => EVENTS[name].stateChange);
  assert.equal(fallback.length, 9);
  for (const name of fallback) assert.equal(EVENTS[name].answer, "nothing", name);
});

test("masks and lists of events are the same thing", () => {
  assert.equal(VALID_EVENTS, 0x3fff);
  assert.equal(maskOf(EVENT_NAMES), VALID_EVENTS);
  assert.deepEqual(eventsIn(0x8 | 0x4000), ["createContainer"]);
  assert.equal(hasEvent(0x8, "createContainer"), true);
  assert.equal(hasEvent(0x8, "stopContainer"), false);
  assert.equal(maskOf([]), 0);
});
