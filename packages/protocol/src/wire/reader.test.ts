// What the decoder takes and refuses, byte by byte.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError, type ProtocolErrorCode } from "../errors.js";
import {
  Container,
  ContainerAdjustment,
  CreateContainerRequest,
  Empty,
  FieldOwners,
  LinuxContainerAdjustment,
  LinuxPids,
  LinuxScheduler,
  OptionalUInt64,
  PodSandbox,
  SynchronizeRequest,
  User,
} from "../gen/messages.js";
import { MAX_GROUP_DEPTH, MAX_MESSAGE_BYTES } from "../limits.js";
import type { MessageType } from "../message.js";

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

function refuses<T>(type: MessageType<T>, input: Uint8Array, code: ProtocolErrorCode, text: RegExp): void {
  assert.throws(
    () => type.decode(input),
    (error) => {
      assert.ok(error instanceof ProtocolError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, text);
      return true;
    },
  );
}

test("numbers are read packed, one by one, and mixed", () => {
  assert.deepEqual(User.decode(bytes("1a 02 01 02")).additionalGids, [1, 2]);
  assert.deepEqual(User.decode(bytes("18 01 18 02")).additionalGids, [1, 2]);
  assert.deepEqual(User.decode(bytes("18 01 1a 01 02 18 ffffffff0f")).additionalGids, [1, 2, 4294967295]);
  assert.deepEqual(LinuxScheduler.decode(bytes("22 02 00 06 20 63")).flags, [0, 6, 99]);
});

test("packed numbers do not read past their field", () => {
  refuses(User, bytes("1a 01 80 01"), "invalid-bytes", /^User\.additionalGids: cut off/);
});

test("a sub-message that comes twice is merged, a scalar is replaced", () => {
  const request = CreateContainerRequest.decode(bytes("0a 06 0a0161 520178 0a 07 120162 52027979"));
  assert.deepEqual([request.pod?.id, request.pod?.name, request.pod?.ips], ["a", "b", ["x", "yy"]]);
  assert.equal(PodSandbox.decode(bytes("48 05 48 00")).pid, 0);
});

test("a map entry may lack its key or value, and the last of a key wins", () => {
  assert.deepEqual(PodSandbox.decode(bytes("2a 00")).labels, { "": "" });
  assert.deepEqual(PodSandbox.decode(bytes("2a 03 0a0161")).labels, { a: "" });
  assert.deepEqual(PodSandbox.decode(bytes("2a 06 0a0161 120162 2a 06 120163 0a0161")).labels, { a: "c" });
  assert.deepEqual(LinuxContainerAdjustment.decode(bytes("4a 06 0a04 2d657468")).netDevices, { "-eth": { name: "" } });
  assert.deepEqual(FieldOwners.decode(bytes("12 00")).compound, { 0: { owners: {} } });
});

test("the key __proto__ is an entry like any other", () => {
  const { labels } = PodSandbox.decode(PodSandbox.encode({ labels: JSON.parse('{"__proto__":"x","b":"y"}') }));
  assert.deepEqual(Object.entries(labels), [
    ["__proto__", "x"],
    ["b", "y"],
  ]);
  assert.equal(Object.getPrototypeOf(labels), Object.prototype);
});

test("unknown fields and groups are passed over", () => {
  const known = "0a0161";
  const unknown = ["a006 ffffffffffffffffff01", "a106 0102030405060708", "a206 03 010203", "a506 01020304"];
  for (const field of [...unknown, "a306 a406", "a306 0a0178 a306 a406 0801 a406"]) {
    assert.equal(PodSandbox.decode(bytes(`${field} ${known}`)).id, "a", field);
  }
  assert.deepEqual(Empty.decode(bytes("0a0161")), {});
});

test("a known field with the wire type of another is passed over", () => {
  assert.deepEqual(LinuxPids.decode(bytes("0a 01 05")), { limit: 0n });
  assert.deepEqual(LinuxPids.decode(bytes("09 0100000000000000 08 02")), { limit: 2n });
});

test("groups are not followed without end, and must be closed by their own number", () => {
  const open = (depth: number) => `${"a306".repeat(depth)}${"a406".repeat(depth)}`;
  assert.deepEqual(Empty.decode(bytes(open(MAX_GROUP_DEPTH))), {});
  refuses(Empty, bytes(open(MAX_GROUP_DEPTH + 1)), "invalid-bytes", /nested deeper than 100 \(MAX_GROUP_DEPTH\)/);
  refuses(Empty, bytes("a306 ac06"), "invalid-bytes", /wire type 4 of field 101 is not valid/);
  refuses(Empty, bytes("a306"), "invalid-bytes", /group 100 is cut off/);
  refuses(Empty, bytes("a406"), "invalid-bytes", /wire type 4 of field 100/);
});

test("field number 0, wire types 6 and 7 and tags of more than 32 bits are refused", () => {
  refuses(Empty, bytes("00"), "invalid-bytes", /^Empty: field number 0 is not valid/);
  refuses(Empty, bytes("07"), "invalid-bytes", /field number 0/);
  refuses(Empty, bytes("0e"), "invalid-bytes", /wire type 6 of field 1/);
  refuses(Empty, bytes("0f"), "invalid-bytes", /wire type 7 of field 1/);
  refuses(Empty, bytes("8080808010 00"), "invalid-bytes", /field number over 2\^29-1/);
});

test("a tag in more bytes than it needs is the same tag", () => {
  assert.equal(PodSandbox.decode(bytes("8a00 01 61")).id, "a");
});

test("integers are cut to the bits of their field, negative ones come in ten bytes", () => {
  assert.equal(Container.decode(bytes("8801 ffffffffffffffffff01")).exitCode, -1);
  assert.equal(Container.decode(bytes("8801 8080808010")).exitCode, 0);
  assert.equal(Container.decode(bytes("60 ffffffff1f")).pid, 4294967295);
  assert.equal(LinuxPids.decode(bytes("08 80808080808080808001")).limit, -(2n ** 63n));
  assert.equal(OptionalUInt64.decode(bytes("08 ffffffffffffffffff01")).value, 2n ** 64n - 1n);
  assert.equal(OptionalUInt64.decode(bytes("08 8100")).value, 1n);
});

test("integers of more than 64 bits or ten bytes are refused", () => {
  refuses(
    LinuxPids,
    bytes("08 ffffffffffffffffff02"),
    "invalid-bytes",
    /^LinuxPids\.limit: integer of more than 64 bits/,
  );
  refuses(LinuxPids, bytes("08 8080808080808080808001"), "invalid-bytes", /more than 64 bits/);
  refuses(LinuxPids, bytes("08 8080"), "invalid-bytes", /^LinuxPids\.limit: cut off/);
});

test("a bool is true for every integer but 0", () => {
  assert.equal(SynchronizeRequest.decode(bytes("18 80808080808080808000")).more, false);
  assert.equal(SynchronizeRequest.decode(bytes("18 80808080808080808001")).more, true);
  assert.equal(SynchronizeRequest.decode(bytes("18 02")).more, true);
});

test("invalid UTF-8 is refused with the path of the field, long and short, in keys and values", () => {
  const inMount = "12 06 4a 04 0a 02 ff61";
  refuses(
    CreateContainerRequest,
    bytes(inMount),
    "invalid-bytes",
    /^CreateContainerRequest\.container\.mounts\[0\]\.destination: invalid UTF-8/,
  );
  refuses(PodSandbox, bytes("2a 06 0a02c080 1200"), "invalid-bytes", /^PodSandbox\.labels: invalid UTF-8/);
  refuses(PodSandbox, bytes("2a 05 0a00 1201ff"), "invalid-bytes", /^PodSandbox\.labels: invalid UTF-8/);
  for (const wrong of ["eda080", "f4908080", "c3", "f09f98"]) {
    const text = `${"61".repeat(50)}${wrong}`;
    refuses(
      PodSandbox,
      bytes(`0a ${(text.length / 2).toString(16)} ${text}`),
      "invalid-bytes",
      /invalid UTF-8 in a string of 5\d bytes/,
    );
  }
});

test("a replacement character and a byte order mark that were sent are kept", () => {
  for (const text of ["\ufffd", "\ufeff", `${"x".repeat(40)}\ufffd`, `\ufeff${"é".repeat(40)}\ufffd`]) {
    assert.equal(PodSandbox.decode(PodSandbox.encode({ id: text })).id, text);
  }
});

test("lengths beyond the message are refused before anything is allocated", () => {
  refuses(
    PodSandbox,
    bytes("0a ffffffff0f"),
    "invalid-bytes",
    /^PodSandbox\.id: cut off: a length of 4294967295 with 0 bytes left/,
  );
  refuses(PodSandbox, bytes("0a ffffffffff01"), "invalid-bytes", /a length of over 2\^32-1/);
  refuses(
    CreateContainerRequest,
    bytes("0a 02 0a 05 6161616161"),
    "invalid-bytes",
    /^CreateContainerRequest\.pod\.id: cut off/,
  );
  refuses(PodSandbox, bytes("2a 02 0a 01 61"), "invalid-bytes", /^PodSandbox\.labels: cut off/);
});

test("a message over the limit is refused", () => {
  refuses(Empty, new Uint8Array(MAX_MESSAGE_BYTES + 1), "oversize", /MAX_MESSAGE_BYTES, 67108864/);
});

test("two bytes on the wire cannot become a container in memory without end", () => {
  const input = new Uint8Array(4 << 20);
  for (let i = 0; i < input.length; i += 2) input[i] = 0x12;
  refuses(SynchronizeRequest, input, "oversize", /^SynchronizeRequest\.containers\[\d+\]: .*MAX_MESSAGE_FIELDS/);
});

test("4 MiB of dense adjustments are within the limits", () => {
  const env = Array.from({ length: 300_000 }, (_, i) => ({ key: `K${i}`, value: "" }));
  const message = ContainerAdjustment.encode({ env });
  assert.ok(message.length > 2 << 20);
  assert.equal(ContainerAdjustment.decode(message).env.length, env.length);
});

test("what is not bytes is refused", () => {
  refuses(Empty, "aa" as unknown as Uint8Array, "invalid-bytes", /expected bytes, got string/);
});

test("decoding keeps no hold of the bytes", () => {
  const input = PodSandbox.encode({ id: "a".repeat(100), labels: { [`k${"e".repeat(30)}`]: "v" } });
  const pod = PodSandbox.decode(input);
  input.fill(0x62);
  assert.equal(pod.id, "a".repeat(100));
  assert.deepEqual(Object.keys(pod.labels), [`k${"e".repeat(30)}`]);
});
