// The table of facts has every field that a plugin can adjust, and what not every machine can do is written down.
import assert from "node:assert/strict";
import test from "node:test";
import { adjustment } from "@nri/plugin";
import { FIELD_NAMES, FIELD_READERS, FIELDS, isSet } from "@nri/protocol";
import { expectedSkips } from "../requirements.js";
import { titleOf } from "./check-facts.js";
import { FACTS } from "./facts.js";

const PLACE = { dir: "/place", netDevice: "device", cgroup: "/place", [Symbol.dispose]: () => undefined };

test("every field of an adjustment has a fact that shows it in a container", () => {
  const shown = new Set<string>(FACTS.map(({ field }) => field));
  assert.deepEqual(
    FIELD_NAMES.filter((name) => !shown.has(name)),
    [],
  );
});

test("each fact asks for the field that it is about", () => {
  for (const fact of FACTS) {
    const wanted = adjustment();
    fact.adjust(wanted, PLACE);
    const value = FIELD_READERS[fact.field].adjustment(wanted.build());
    assert.ok(isSet(value, FIELDS[fact.field]), titleOf(fact));
  }
});

test("a fact that not every machine can show has its row in expected-skips.json", () => {
  const rows = expectedSkips();
  for (const fact of FACTS) {
    const row = rows.find((one) => one.test === titleOf(fact));
    assert.equal(row?.probe, fact.limited, titleOf(fact));
  }
});
