// Every adjustable field through the merge: one plugin, two plugins, taking over, removing; in both compat modes.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Container,
  ContainerAdjustment,
  ContainerUpdate,
  CreateContainerResponse,
  FIELD_NAMES,
  FIELD_READERS,
  FIELDS,
  type FieldName,
  type FieldRow,
  type Init,
  isSet,
  ownerOf,
  UPDATABLE_FIELDS,
} from "@nri/protocol";
import { FIELD_CASES } from "./field-cases.fixture.js";
import { type Compat, createCollector, stopCollector, updateCollector } from "./index.js";

const MODES: readonly Compat[] = ["default", "reference"];
const CONTAINER = { id: "c", name: "c" };

function answer(adjust: Init<ContainerAdjustment>): CreateContainerResponse {
  return CreateContainerResponse.create({ adjust });
}

/** Two adjustments as one: lists one after the other, maps and messages member by member. */
function both(a: unknown, b: unknown): unknown {
  if (a === undefined) return b;
  if (b === undefined) return a;
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return b;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return Object.fromEntries([...names].map((name) => [name, both(left[name], right[name])]));
}

/** A copy whose parts nobody may change. */
function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
}

function readReply(field: FieldName, collector: { result(): CreateContainerResponse }): unknown {
  return FIELD_READERS[field].adjustment(collector.result().adjust);
}

for (const compat of MODES) {
  for (const field of FIELD_NAMES) {
    const row: FieldRow = FIELDS[field];
    const { first, second, key, removal, shown } = FIELD_CASES[field];

    test(`${compat}: ${field} of one plugin is in the reply, ${shown ? "shown to later ones" : "not shown"} and owned`, () => {
      const collector = createCollector(frozen({ container: Container.create(CONTAINER) }), { compat });
      collector.apply("10-a", frozen(answer(first)));
      const wanted = FIELD_READERS[field].adjustment(ContainerAdjustment.create(first));
      assert.deepEqual(readReply(field, collector), wanted);
      assert.equal(isSet(wanted, row), true, "the case sets the field");
      const seen = Container.create(collector.request.container);
      assert.deepEqual(seen, Container.create(both(base(), shown) as Init<Container>));
      const owner = ownerOf(collector.owners, "c", field, key);
      assert.equal(owner, row.claim === "never" ? undefined : "10-a");
      assert.deepEqual(collector.ownersBy("10-a"), collector.owners);
    });

    if (row.claim === "once" || row.claim === "per-key") {
      test(`${compat}: ${field} of two plugins is a conflict, and leaves all as it was`, () => {
        const collector = createCollector({ container: CONTAINER }, { compat });
        collector.apply("10-a", answer(first));
        const [request, owners, result] = [collector.request, collector.owners, collector.result()];
        // Something else besides, which must not stay either.
        const refused = both(second, { annotations: { besides: "1" }, CDIDevices: [{ name: "besides" }] });
        assert.throws(() => collector.apply("20-b", frozen(answer(refused as Init<ContainerAdjustment>))), {
          name: "AdaptationError",
          code: "conflict",
          message: `plugins "20-b" and "10-a" both tried to set ${field} ${key ?? ""}`,
          field,
          key,
          plugins: ["20-b", "10-a"],
          plugin: "20-b",
          containerId: "c",
        });
        assert.equal(collector.request, request);
        assert.deepEqual(collector.owners, owners);
        assert.deepEqual(collector.result(), result);
      });
    } else {
      test(`${compat}: ${field} of two plugins is kept in order, never a conflict`, () => {
        const collector = createCollector({ container: CONTAINER }, { compat });
        collector.apply("10-a", answer(first));
        collector.apply("20-b", answer(second));
        const wanted = FIELD_READERS[field].adjustment(ContainerAdjustment.create(both(first, second) as object));
        assert.deepEqual(readReply(field, collector), wanted);
        assert.equal(ownerOf(collector.owners, "c", field), row.claim === "never" ? undefined : "10-a,20-b");
      });
    }

    if (removal !== undefined) {
      test(`${compat}: ${field} is taken over by who removes it first`, () => {
        const collector = createCollector({ container: CONTAINER }, { compat });
        collector.apply("10-a", answer(first));
        collector.apply("20-b", answer(both(removal, second) as Init<ContainerAdjustment>));
        const reply = FIELD_READERS[field].adjustment(collector.result().adjust);
        const wanted = FIELD_READERS[field].adjustment(ContainerAdjustment.create(second));
        const mark = FIELD_READERS[field].adjustment(ContainerAdjustment.create(removal));
        assert.deepEqual(reply, row.kind === "map" ? { ...(mark as object), ...(wanted as object) } : wanted);
        assert.equal(ownerOf(collector.owners, "c", field, key), "20-b");
        assert.throws(() => collector.apply("30-c", answer(second)), { plugins: ["30-c", "20-b"] });
      });

      test(`${compat}: ${field} that a plugin only removes is ${kept(field, compat) ? "kept beside the mark" : "gone"}`, () => {
        const collector = createCollector({ container: CONTAINER }, { compat });
        collector.apply("10-a", answer(first));
        collector.apply("20-b", answer(removal));
        const value = FIELD_READERS[field].adjustment(ContainerAdjustment.create(first));
        const mark = FIELD_READERS[field].adjustment(ContainerAdjustment.create(removal));
        const reply = readReply(field, collector);
        if (kept(field, compat)) assert.deepEqual(reply, { ...(value as object), ...(mark as object) });
        else if (row.kind === "value") assert.equal(reply, undefined);
        else assert.deepEqual(reply, marked(field, compat) ? mark : []);
        const seen = Container.create(collector.request.container);
        const left = kept(field, compat) ? both(base(), shown) : base();
        assert.deepEqual(seen, Container.create(left as Init<Container>));
        // Who comes third meets the one who owns or has cleared it.
        const owner = kept(field, compat) ? "10-a" : "20-b";
        assert.throws(() => collector.apply("30-c", answer(second)), { plugins: ["30-c", owner] });
      });
    }
  }

  for (const field of UPDATABLE_FIELDS) {
    if (compat === "reference" && field === "PidsLimit") continue;
    const { first, second, key } = FIELD_CASES[field];
    const read = (update: readonly ContainerUpdate[], id: string) =>
      FIELD_READERS[field].update(update.find(({ containerId }) => containerId === id));
    const wanted = FIELD_READERS[field].adjustment(ContainerAdjustment.create(first));
    const one = (containerId: string, adjust: Init<ContainerAdjustment>, ignoreFailure = false) => ({
      update: [ContainerUpdate.create({ containerId, ignoreFailure, linux: { resources: adjust.linux?.resources } })],
    });
    const message = `plugins "20-b" and "10-a" both tried to set ${field} ${key ?? ""}`;
    const collectors = {
      "in a creation": () => createCollector({ container: { id: "new" } }, { compat }),
      "in an update": () => updateCollector({ container: CONTAINER }, { compat }),
      "in a stop": () => stopCollector({ container: CONTAINER }, { compat }),
    };
    for (const [when, make] of Object.entries(collectors)) {
      test(`${compat}: ${field} in an update ${when} is collected, and a conflict from a second plugin`, () => {
        const collector = make();
        collector.apply("10-a", frozen(one("c", first)));
        assert.deepEqual(read(collector.result().update, "c"), wanted);
        assert.throws(() => collector.apply("20-b", frozen(one("c", second))), { code: "conflict", message });
        collector.apply("20-b", one("d", first));
        assert.deepEqual(read(collector.result().update, "d"), wanted, "containers do not meet");
        collector.apply("30-c", one("c", second, true));
        assert.deepEqual(read(collector.result().update, "c"), wanted, "an update that ignores failure is skipped");
      });
    }
  }
}

/** The container that later plugins see when nothing was adjusted. */
function base(): Init<Container> {
  return { ...CONTAINER, hooks: {}, linux: { resources: { memory: {}, cpu: {} } } };
}

/** Whether the reference keeps an earlier plugin's value beside the mark that removes it. */
function kept(field: FieldName, compat: Compat): boolean {
  return compat === "reference" && FIELDS[field].kind === "map";
}

/** Whether the mark of a removal is passed on to the runtime. */
function marked(field: FieldName, compat: Compat): boolean {
  return compat === "default" || (field !== "Env" && field !== "Devices");
}
