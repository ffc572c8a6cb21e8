// Our codec against protobuf-es on messages made up from the descriptors, and on bytes that are not messages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { create, type DescField, type DescMessage, fromBinary, ScalarType, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { ProtocolError } from "../errors.js";
import { MESSAGES } from "../gen/messages.js";
import type { Later, MessageType } from "../message.js";
import { fromJson, toJson } from "./index.js";
import { descriptorOf } from "./registry.js";

type Parts = Record<string, unknown>;

const text = fc.oneof(
  fc.constantFrom("", "__proto__", "constructor", "-/etc", "\ufeffmark", "\ufffd", "0", "9".repeat(200)),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme-ascii", maxLength: 300 }),
);
const int32 = fc.oneof(fc.constantFrom(0, 1, 127, 128, -1, 2147483647, -2147483648), fc.integer());
const uint32 = fc.oneof(
  fc.constantFrom(0, 1, 127, 128, 4294967295),
  fc.nat(),
  fc.integer().map((value) => value >>> 0),
);
const int64 = fc.oneof(
  fc.constantFrom(0n, 1n, -1n, 2n ** 32n, 2n ** 63n - 1n, -(2n ** 63n)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const uint64 = fc.oneof(
  fc.constantFrom(0n, 1n, 2n ** 32n, 2n ** 64n - 1n),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);

const SCALARS: { [Type in ScalarType]?: fc.Arbitrary<unknown> } = {
  [ScalarType.STRING]: text,
  [ScalarType.BOOL]: fc.boolean(),
  [ScalarType.INT32]: int32,
  [ScalarType.UINT32]: uint32,
  [ScalarType.INT64]: int64,
  [ScalarType.UINT64]: uint64,
};

const known = new Map<string, fc.Arbitrary<Parts>>();

/** Parts of a message: any field may be missing. */
function partsOf(descriptor: DescMessage): fc.Arbitrary<Parts> {
  let arbitrary = known.get(descriptor.typeName);
  if (arbitrary === undefined) {
    const fields = descriptor.fields.map((field) => [field.localName, partOf(field)] as const);
    arbitrary = fc.record(Object.fromEntries(fields), { requiredKeys: [] });
    known.set(descriptor.typeName, arbitrary);
  }
  return arbitrary;
}

function partOf(field: DescField): fc.Arbitrary<unknown> {
  const item = field.message ? partsOf(field.message) : field.enum ? int32 : scalarOf(field.scalar);
  if (field.fieldKind === "list") return fc.array(item, { maxLength: 3 });
  if (field.fieldKind === "map") {
    const key = field.mapKey === ScalarType.STRING ? text : int32.map(String);
    return fc.dictionary(key, item, { maxKeys: 3, noNullPrototype: true });
  }
  return item;
}

function scalarOf(type: ScalarType | undefined): fc.Arbitrary<unknown> {
  const arbitrary = type === undefined ? undefined : SCALARS[type];
  assert.ok(arbitrary, `scalar ${type} has no arbitrary`);
  return arbitrary;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const everyType = Object.values(MESSAGES) as MessageType<object>[];
const options = { numRuns: 6 };

/** Runs a property for every message type. */
function forEveryMessage(check: (type: MessageType<object>, descriptor: DescMessage, parts: Parts) => void): void {
  for (const type of everyType) {
    const descriptor = descriptorOf(type.typeName);
    fc.assert(
      fc.property(partsOf(descriptor), (parts) => check(type, descriptor, parts)),
      options,
    );
  }
}

test("what we encode, protobuf-es reads and writes as the same bytes", () => {
  forEveryMessage((type, descriptor, parts) => {
    const bytes = type.encode(parts);
    assert.equal(hex(toBinary(descriptor, fromBinary(descriptor, bytes))), hex(bytes));
  });
});

test("what protobuf-es encodes, we decode to the message that was meant", () => {
  forEveryMessage((type, descriptor, parts) => {
    const bytes = toBinary(descriptor, create(descriptor, parts));
    assert.deepEqual(type.decode(bytes), type.create(parts));
    assert.equal(hex(type.encode(parts)), hex(bytes));
  });
});

test("messages written one after the other merge as protobuf-es merges them", () => {
  for (const type of everyType) {
    const descriptor = descriptorOf(type.typeName);
    fc.assert(
      fc.property(partsOf(descriptor), partsOf(descriptor), (first, second) => {
        const bytes = Buffer.concat([type.encode(first), type.encode(second)]);
        assert.equal(hex(type.encode(type.decode(bytes))), hex(toBinary(descriptor, fromBinary(descriptor, bytes))));
      }),
      { numRuns: 4 },
    );
  }
});

test("every message survives protojson", () => {
  forEveryMessage((type, _descriptor, parts) => {
    const message = type.create(parts);
    assert.deepEqual(fromJson(type, toJson(type, message)), message);
  });
});

test("64-bit integers keep their digits in every field, as bytes and as JSON", () => {
  let fields = 0;
  for (const type of everyType) {
    for (const field of descriptorOf(type.typeName).fields) {
      const signed = field.scalar === ScalarType.INT64;
      if (!signed && field.scalar !== ScalarType.UINT64) continue;
      fields++;
      for (const value of signed ? [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n] : [2n ** 64n - 1n, 2n ** 63n]) {
        const parts: Parts = { [field.localName]: value };
        assert.deepEqual(type.decode(type.encode(parts)), type.create(parts));
        assert.deepEqual(toJson(type, parts), { [field.jsonName]: String(value) });
      }
    }
  }
  assert.ok(fields > 10, `${fields} fields`);
});

/** Decodes, also later; all that may go wrong is our own error, and at once. */
function decodes(type: MessageType<object>, bytes: Uint8Array): object | undefined {
  let message: object | undefined;
  try {
    message = type.decode(bytes);
  } catch (error) {
    assert.ok(error instanceof ProtocolError, `${type.typeName} ${hex(bytes)}: ${String(error)}`);
  }
  readsTheSame(type.later(bytes), message, []);
  return message;
}

/** What is decoded later is what is decoded at once, in any order; and nothing that is not decoded at once. */
function readsTheSame(later: Later<object> | undefined, message: object | undefined, first: readonly string[]): void {
  if (later === undefined) return;
  assert.ok(message, "refused at once, not later");
  const names = new Set([...first, ...Object.keys(message)]) as Set<never>;
  const parts = new Map([...names].map((name) => [name, later.take(name)]));
  assert.deepEqual(Object.fromEntries(Object.keys(message).map((name) => [name, parts.get(name as never)])), message);
  for (const name of names) assert.equal(later.take(name), parts.get(name));
}

test("a message that is decoded field by field is the same as at once, whatever is read first", () => {
  let later = 0;
  for (const type of everyType) {
    const names = descriptorOf(type.typeName).fields.map(({ localName }) => localName);
    const message = partsOf(descriptorOf(type.typeName));
    fc.assert(
      fc.property(message, message, fc.shuffledSubarray(names), fc.boolean(), (one, other, order, twice) => {
        const bytes = Buffer.concat([type.encode(one), twice ? type.encode(other) : new Uint8Array(0)]);
        const fields = type.later(bytes);
        later += fields === undefined ? 0 : 1;
        readsTheSame(fields, type.decode(bytes), order);
      }),
      options,
    );
  }
  assert.ok(later > everyType.length, `${later} messages`);
});

test("of ASCII text, known and unknown fields, negative numbers and field numbers above 15 a message is decoded later", () => {
  for (const type of everyType) {
    const ascii: Parts[] = fc.sample(partsOf(descriptorOf(type.typeName)), { numRuns: 3, seed: 11 });
    for (const parts of ascii) {
      const bytes = type.encode(fromAscii(parts) as Parts);
      assert.ok(type.later(bytes), `${type.typeName} ${hex(bytes)}`);
      // field 900 with a number, field 901 with bytes above 127
      const unknown = Buffer.concat([bytes, Buffer.from("a03807aa3803ff80ff", "hex")]);
      assert.deepEqual(type.decode(unknown), type.decode(bytes));
      readsTheSame(type.later(unknown) ?? assert.fail(type.typeName), type.decode(bytes), []);
    }
  }
  assert.equal(MESSAGES.PodSandbox.later(MESSAGES.PodSandbox.encode({ name: "\u00e9" })), undefined);
});

/** The same with other text. */
function fromAscii(value: unknown): unknown {
  if (typeof value === "string") return value.replace(/[^ -~]/g, "?");
  if (Array.isArray(value)) return value.map(fromAscii);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [fromAscii(key), fromAscii(item)]));
}

test("bytes that are no message give a message or our error, nothing else", () => {
  fc.assert(
    fc.property(fc.constantFrom(...everyType), fc.uint8Array({ maxLength: 64 }), (type, bytes) => {
      const message = decodes(type, bytes);
      if (message !== undefined) assert.deepEqual(type.decode(type.encode(message)), message);
    }),
    { numRuns: 3000 },
  );
});

test("damaged messages give a message or our error, nothing else", () => {
  for (const type of everyType) {
    const damaged = fc.tuple(partsOf(descriptorOf(type.typeName)), fc.nat(), fc.nat({ max: 255 }), fc.nat({ max: 2 }));
    fc.assert(
      fc.property(damaged, ([parts, position, byte, damage]) => {
        const bytes = [...type.encode(parts)];
        bytes.splice(position % (bytes.length + 1), damage === 0 ? 0 : 1, ...(damage === 1 ? [] : [byte]));
        const message = decodes(type, Uint8Array.from(bytes));
        if (message !== undefined) assert.deepEqual(type.decode(type.encode(message)), message);
      }),
      options,
    );
  }
});

test("a message cut short is a message or our error, at every length", () => {
  for (const type of everyType) {
    const samples: Parts[] = fc.sample(partsOf(descriptorOf(type.typeName)), { numRuns: 1, seed: 7 });
    const bytes = type.encode(samples[0] ?? {}).subarray(0, 400);
    for (let length = 0; length < bytes.length; length++) decodes(type, bytes.subarray(0, length));
  }
});
