// Every message type as the Go implementation writes it, plain and with extreme values: bytes and protojson, both ways.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromJson, type JsonValue, messageTypeByName, toJson } from "./index.js";

interface Golden {
  type: string;
  hex: string;
  json: JsonValue;
  note: string;
}

const golden = readFileSync(new URL("../../../../conformance/golden/messages.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Golden);

test("there are two golden messages of each type", () => {
  assert.equal(golden.length, 170);
  assert.equal(new Set(golden.map(({ type }) => type)).size, 85);
});

test("decoding and encoding gives Go's bytes again, also through a copy", () => {
  for (const { type: name, hex, note } of golden) {
    const type = messageTypeByName(name);
    const message = type.decode(Buffer.from(hex, "hex"));
    assert.equal(Buffer.from(type.encode(message)).toString("hex"), hex, `${name}, ${note}`);
    assert.deepEqual(type.create(message), message, `${name}, ${note}`);
  }
});

test("Go's bytes become Go's protojson", () => {
  for (const { type: name, hex, json, note } of golden) {
    const type = messageTypeByName(name);
    assert.deepEqual(toJson(type, type.decode(Buffer.from(hex, "hex"))), json, `${name}, ${note}`);
  }
});

test("Go's protojson becomes the message of Go's bytes", () => {
  for (const { type: name, hex, json, note } of golden) {
    const type = messageTypeByName(name);
    assert.deepEqual(fromJson(type, json), type.decode(Buffer.from(hex, "hex")), `${name}, ${note}`);
  }
});
