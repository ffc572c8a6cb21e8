// Strings kept from earlier messages: the same bytes always give the same string, whatever came before.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PodSandbox } from "../index.js";
import { KNOWN_KEY_BYTES, KNOWN_TEXTS } from "../limits.js";
import { keepText, knownText, slotOf } from "./known-text.js";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test("a kept string is found by its bytes alone, also within others", () => {
  const bytes = bytesOf("xxkeyyy");
  const slot = slotOf(bytes, 2, 5);
  keepText(slot, "key");
  assert.equal(knownText(slot, bytes, 2, 5), "key");
  assert.equal(knownText(slot, bytesOf("kez"), 0, 3), undefined);
  assert.equal(knownText(slot, bytesOf("keys"), 0, 4), undefined);
});

test("any bytes have a slot", () => {
  for (const bytes of [[0], [255], [0, 255], new Array(64).fill(255)]) {
    const slot = slotOf(Uint8Array.from(bytes), 0, bytes.length);
    assert.ok(Number.isInteger(slot) && slot >= 0 && slot < KNOWN_TEXTS, String(slot));
  }
});

test("strings that push each other out of their slots decode as what they are", () => {
  const labels: Record<string, string> = {};
  // the same five bytes that the slot is made of, more strings than slots, lengths around the maximum, no ASCII
  for (let i = 0; i < 3 * KNOWN_TEXTS; i++) labels[`aa${i.toString(36).padStart(4, "0")}aaaaaaaaaaaaaaaaaa`] = `${i}`;
  for (let i = -2; i <= 2; i++) labels["k".repeat(KNOWN_KEY_BYTES + i)] = "v".repeat(24 + i);
  Object.assign(labels, { ä: "é", "\u00e4\ufffd": "\u{1f600}", "\u0000": "\u0000" });
  const bytes = PodSandbox.encode({ labels });
  for (let round = 0; round < 2; round++) assert.deepEqual(PodSandbox.decode(bytes).labels, labels);
});

test("bytes that are no UTF-8 are refused also where a string of their length is kept", () => {
  const good = PodSandbox.encode({ id: "abc" });
  assert.equal(PodSandbox.decode(good).id, "abc");
  const bad = good.slice();
  bad[3] = 0xff;
  assert.throws(() => PodSandbox.decode(bad), /PodSandbox\.id: invalid UTF-8 in a string of 3 bytes/);
  assert.equal(PodSandbox.decode(good).id, "abc");
});
