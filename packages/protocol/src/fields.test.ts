// The field table against the table of the protocol: nothing that a plugin may send is forgotten.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FIELD_READERS, isSet, pathReader } from "./field-access.js";
import { FIELD_NAMES, FIELDS, type FieldRow, UPDATABLE_FIELDS } from "./fields.js";
import { Container, ContainerAdjustment, ContainerUpdate, Field } from "./gen/messages.js";

interface Message {
  readonly fields: readonly {
    readonly jsonName: string;
    readonly kind: string;
    readonly type?: string;
    readonly repeated: boolean;
  }[];
}
const { nri } = JSON.parse(
  readFileSync(new URL("../../../conformance/spec/protocol.json", import.meta.url), "utf8"),
) as { nri: { messages: Record<string, Message>; presenceWrappers: readonly string[] } };

const rows: readonly FieldRow[] = Object.values(FIELDS);

// The paths of a message tree at which `ends` says stop: single values, lists, maps.
function leaves(type: string, ends: (path: string) => boolean, prefix = ""): string[] {
  const message = nri.messages[`nri.pkg.api.v1alpha1.${type}`];
  assert.ok(message !== undefined, type);
  return message.fields.flatMap(({ jsonName, kind, type: inner = "", repeated }) => {
    const path = prefix + jsonName;
    if (kind !== "message" || repeated || ends(path)) return [path];
    return leaves(inner.slice(inner.lastIndexOf(".") + 1), ends, `${path}.`);
  });
}

const NOT_FIELDS = {
  adjustment: new Map([["linux.rdt.remove", "removes the group, see flagPath of its rows"]]),
  update: new Map([
    ["containerId", "says which container"],
    ["ignoreFailure", "says what happens on a conflict"],
    ["linux.resources.devices", "ignored in updates by the reference, which has no use for them"],
  ]),
};

test("every leaf of an adjustment has its row, or a reason to have none", () => {
  const paths = new Map(rows.map((row) => [row.path as string, row]));
  const found = leaves("ContainerAdjustment", (path) => paths.has(path));
  const uncovered = found.filter((path) => !paths.has(path) && !NOT_FIELDS.adjustment.has(path));
  assert.deepEqual(uncovered, []);
  assert.deepEqual(
    [...paths.keys()].filter((path) => !found.includes(path)),
    [],
    "rows that lead nowhere",
  );
  assert.equal(paths.size, rows.length, "two rows with one path");
});

test("every leaf of an update has its row, or a reason to have none", () => {
  const paths = new Set(UPDATABLE_FIELDS.map((name) => (FIELDS[name] as FieldRow).update as string));
  const found = leaves("ContainerUpdate", (path) => paths.has(path));
  assert.deepEqual(
    found.filter((path) => !paths.has(path) && !NOT_FIELDS.update.has(path)),
    [],
  );
  assert.deepEqual(
    [...paths].filter((path) => !found.includes(path)),
    [],
  );
});

test("every value of enum Field has exactly one row of its name, and nobody owns the one without a value", () => {
  const named = FIELD_NAMES.filter((name) => FIELDS[name].field !== Field.None);
  assert.deepEqual(new Set<string>([...named, "None"]), new Set(Object.keys(Field)));
  for (const name of named) assert.equal(FIELDS[name].field, (Field as Record<string, number>)[name], name);
  assert.deepEqual(
    FIELD_NAMES.filter((name) => FIELDS[name].claim === "never"),
    ["DeviceRules"],
  );
});

test("the container has what rows say that it shows", () => {
  const found = leaves("Container", (path) => rows.some((row) => row.container === path));
  for (const row of rows) {
    if (row.container !== undefined) assert.ok(found.includes(row.container), row.container);
  }
});

test("rows know their kind: a map is a map, a keyed list has its key", () => {
  for (const name of FIELD_NAMES) {
    const row: FieldRow = FIELDS[name];
    assert.match(row.since, /^0\.\d+\.0$/, name);
    assert.ok(row.label.length > 0, name);
    if (row.kind === "map") assert.deepEqual(FIELD_READERS[name].adjustment(full()), {}, name);
    if (row.kind === "keyed-list" || row.kind === "args")
      assert.deepEqual(FIELD_READERS[name].adjustment(full()), [], name);
    if (row.kind === "keyed-list") assert.equal(row.key({ [row.keyProperty]: "k" }), "k", name);
    for (const pointer of row.pointers) assert.match(pointer, /^(\/[A-Za-z]+)+$/, name);
  }
});

function full(): ContainerAdjustment {
  return ContainerAdjustment.create({ hooks: {}, linux: { resources: { memory: {}, cpu: {} }, rdt: {} } });
}

test("a message without anything sets no field", () => {
  for (const name of FIELD_NAMES) {
    assert.equal(isSet(FIELD_READERS[name].adjustment(full()), FIELDS[name]), false, name);
    assert.equal(isSet(FIELD_READERS[name].adjustment(ContainerAdjustment.create()), FIELDS[name]), false, name);
    assert.equal(isSet(FIELD_READERS[name].container(Container.create()), FIELDS[name]), false, name);
    assert.equal(isSet(FIELD_READERS[name].update(ContainerUpdate.create()), FIELDS[name]), false, name);
    assert.equal(FIELD_READERS[name].adjustment(undefined), undefined, name);
  }
});

test("a path is read as deep as it goes, and no deeper than NRI is", () => {
  const message = { a: { b: { c: { d: 5 } } } };
  assert.equal(pathReader("a.b.c.d")(message), 5);
  assert.deepEqual(pathReader("a.b")(message), { c: { d: 5 } });
  assert.equal(pathReader("x.y.z")(message), undefined);
  assert.throws(() => pathReader("a.b.c.d.e"), RangeError);
});
