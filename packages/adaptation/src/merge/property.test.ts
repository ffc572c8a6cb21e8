// Properties of the merge for any answers: only named errors, inputs untouched, a refused answer without a trace, and
// nothing in the result that the wire could not carry.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ContainerAdjustment,
  ContainerUpdate,
  CreateContainerRequest,
  CreateContainerResponse,
  FIELD_NAMES,
  type Init,
  OwningPlugins,
} from "@nri/protocol";
import fc from "fast-check";
import { FIELD_CASES } from "./field-cases.fixture.js";
import { AdaptationError, type Compat, createCollector } from "./index.js";

const RUNS = { numRuns: 300, seed: 20240601 };

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
}

const key = fc.constantFrom("a", "b", "-a", "-b", "", "-", "__proto__", "-__proto__", "constructor");
const text = fc.constantFrom("", "x", "y");
const map = <T>(value: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(key, value), { maxLength: 4 }).map((entries) => Object.fromEntries(entries) as Record<string, T>);
const list = <T>(value: fc.Arbitrary<T>) => fc.array(value, { maxLength: 4 });

// One of the field cases, so that no field is left out, ...
const ofTable = fc.constantFrom(...FIELD_NAMES).chain((name) => {
  const { first, second, removal } = FIELD_CASES[name];
  return fc.constantFrom(first, second, ...(removal === undefined ? [] : [removal]));
});
// ... or what has keys, with odd ones.
const keyed: fc.Arbitrary<Init<ContainerAdjustment>> = fc.record(
  {
    annotations: map(text),
    mounts: list(fc.record({ destination: key, source: text })),
    env: list(fc.record({ key, value: text })),
    args: list(text),
    rlimits: list(fc.record({ type: key, hard: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) })),
    CDIDevices: list(fc.record({ name: key })),
    linux: fc.record(
      {
        devices: list(fc.record({ path: key, major: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) })),
        namespaces: list(fc.record({ type: key, path: text })),
        sysctl: map(text),
        netDevices: map(fc.record({ name: text })),
        resources: fc.record(
          { unified: map(text), hugepageLimits: list(fc.record({ pageSize: key })) },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);
const update = fc.record({
  containerId: fc.constantFrom("c", "x", "__proto__"),
  ignoreFailure: fc.boolean(),
  from: ofTable,
});
const response = fc
  .record({
    adjust: fc.option(fc.oneof(ofTable, keyed), { nil: undefined }),
    update: fc.array(update, { maxLength: 2 }),
  })
  .map((answer) =>
    CreateContainerResponse.create({
      adjust: answer.adjust,
      update: answer.update.map(({ from, ...rest }) =>
        ContainerUpdate.create({ ...rest, linux: { resources: from.linux?.resources } }),
      ),
    }),
  );
const answers = fc.array(response, { minLength: 1, maxLength: 5 });
const compat: fc.Arbitrary<Compat> = fc.constantFrom("default", "reference");
const container = keyed.map((from) => ({
  id: "c",
  annotations: from.annotations,
  mounts: from.mounts,
  env: from.env?.map((entry) => `${entry?.key}=${entry?.value}`),
  linux: from.linux && { sysctl: from.linux.sysctl, namespaces: from.linux.namespaces },
}));

test("any answers are joined, or refused with a named error that leaves no trace; inputs are never changed", () => {
  fc.assert(
    fc.property(answers, container, compat, (all, its, mode) => {
      const collector = createCollector(frozen(CreateContainerRequest.create({ container: its })), { compat: mode });
      all.forEach((each, index) => {
        const [request, owners, result] = [collector.request, collector.owners, collector.result()];
        try {
          collector.apply(`${index}0-p`, frozen(each));
        } catch (error) {
          assert.ok(error instanceof AdaptationError, String(error));
          assert.ok(error.code === "conflict" || error.code === "update-during-creation", error.code);
          assert.equal(collector.request, request);
          assert.deepEqual(collector.owners, owners);
          assert.deepEqual(collector.result(), result);
        }
        // An observer may keep any of them.
        frozen(collector.request);
        frozen(collector.result());
      });
      const encoded = CreateContainerResponse.encode(collector.result());
      assert.deepEqual(CreateContainerResponse.decode(encoded), CreateContainerResponse.create(collector.result()));
      CreateContainerRequest.decode(CreateContainerRequest.encode(collector.request));
      OwningPlugins.decode(OwningPlugins.encode(collector.owners));
    }),
    RUNS,
  );
});

test("the joined adjustment, given by one plugin alone, comes out the same: joining loses nothing", () => {
  fc.assert(
    fc.property(fc.oneof(ofTable, keyed), container, (adjust, its) => {
      const joined = (given: Init<ContainerAdjustment>) => {
        const collector = createCollector({ container: its });
        collector.apply("10-a", CreateContainerResponse.create({ adjust: given }));
        return collector.result().adjust;
      };
      let once: ContainerAdjustment | undefined;
      try {
        // Any linux makes the reply have an rdt.
        once = joined({ linux: {}, ...adjust });
      } catch (error) {
        fc.pre(!(error instanceof AdaptationError));
        throw error;
      }
      // An empty word at the front of args is taken off each time.
      fc.pre(once?.args[0] !== "");
      assert.deepEqual(joined(once ?? {}), once);
    }),
    RUNS,
  );
});

test("plugins that touch different keys give the same reply in any order, but for the order of entries", () => {
  const disjoint = fc.uniqueArray(
    fc.constantFrom(...FIELD_NAMES.filter((name) => name !== "OciHooks" && name !== "DeviceRules")),
    {
      minLength: 2,
      maxLength: 6,
    },
  );
  fc.assert(
    fc.property(disjoint, compat, (names, mode) => {
      const run = (order: readonly (typeof names)[number][]) => {
        const collector = createCollector({ container: { id: "c" } }, { compat: mode });
        for (const name of order) {
          collector.apply(`10-${name}`, { adjust: FIELD_CASES[name].first });
        }
        return [ContainerAdjustment.create(collector.result().adjust), collector.request.container];
      };
      assert.deepEqual(run(names), run([...names].reverse()));
    }),
    RUNS,
  );
});

test("the two modes differ in nothing but removals, ignored updates and pids", () => {
  const plain = fc.constantFrom(...FIELD_NAMES).chain((name) => {
    const { first, second } = FIELD_CASES[name];
    return fc.constantFrom(first, second);
  });
  const updates = fc.array(fc.record({ containerId: fc.constantFrom("x", "y"), from: plain }), { maxLength: 2 });
  const some = fc.array(fc.record({ adjust: fc.option(plain, { nil: undefined }), updates }), { maxLength: 4 });
  fc.assert(
    fc.property(some, container, (all, its) => {
      const run = (mode: Compat) => {
        const collector = createCollector({ container: its }, { compat: mode });
        const seen = all.map(({ adjust, updates: theirs }, index) => {
          const update = theirs.map(({ containerId, from }) => {
            const { pids: _, ...resources } = from.linux?.resources ?? {};
            return { containerId, linux: { resources } };
          });
          try {
            collector.apply(`${index}0-p`, { adjust, update });
          } catch (error) {
            return (error as Error).message;
          }
          return collector.request;
        });
        return [seen, collector.result(), collector.owners];
      };
      assert.deepEqual(run("default"), run("reference"));
    }),
    RUNS,
  );
});
