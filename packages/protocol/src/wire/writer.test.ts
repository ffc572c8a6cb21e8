// What the encoder writes, and what it refuses to write.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError } from "../errors.js";
import {
  Container,
  CreateContainerRequest,
  CreateContainerResponse,
  FieldOwners,
  LinuxContainerAdjustment,
  LinuxPids,
  LinuxScheduler,
  OptionalUInt64,
  PodSandbox,
  SynchronizeRequest,
  User,
} from "../gen/messages.js";
import { MAX_MESSAGE_BYTES } from "../limits.js";
import type { MessageType } from "../message.js";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Both ways to hand in a message say the same about what does not fit. */
function refuses<T>(type: MessageType<T>, parts: unknown, text: RegExp): void {
  for (const act of [type.encode, type.create]) {
    assert.throws(
      () => act(parts as never),
      (error) => {
        assert.ok(error instanceof ProtocolError, String(error));
        assert.equal(error.code, "invalid-value");
        assert.match(error.message, text);
        return true;
      },
    );
  }
}

test("defaults are left out, present messages are not", () => {
  assert.equal(hex(PodSandbox.encode(PodSandbox.create())), "");
  assert.equal(hex(CreateContainerRequest.encode({ pod: {}, container: undefined })), "0a00");
});

test("numbers of a list are packed", () => {
  assert.equal(hex(User.encode({ additionalGids: [1, 300, 0] })), "1a0401ac0200");
  assert.equal(hex(LinuxScheduler.encode({ flags: [-1] })), "220affffffffffffffffff01");
});

test("sub-messages and strings of every length of length come out right", () => {
  for (const length of [0, 1, 31, 32, 33, 41, 42, 43, 127, 128, 129, 5000, 16383, 16384, 70_000, 2_100_000]) {
    for (const unit of ["a", "é", "€", "😀"]) {
      const request = { pod: { id: unit.repeat(length / unit.length), labels: { [unit.repeat(length / 4)]: "v" } } };
      const { pod } = CreateContainerRequest.decode(CreateContainerRequest.encode(request));
      assert.equal(pod?.id, request.pod.id);
      assert.deepEqual(pod?.labels, request.pod.labels);
    }
  }
});

test("lone surrogates are written as U+FFFD", () => {
  assert.equal(hex(PodSandbox.encode({ id: "a\ud800b" })), "0a0561efbfbd62");
  const long = "x".repeat(60);
  assert.equal(PodSandbox.decode(PodSandbox.encode({ id: `${long}\udc00` })).id, `${long}\ufffd`);
});

test("map entries are written in the object's order; undefined ones and inherited ones are not", () => {
  const labels = Object.assign(Object.create({ inherited: "no" }), { b: "1", a: undefined, c: "" });
  assert.equal(hex(PodSandbox.encode({ labels })), "2a060a01621201312a050a01631200");
  assert.deepEqual(PodSandbox.create({ labels }).labels, { b: "1", c: "" });
});

test("a value of the wrong type is refused with its path and itself", () => {
  refuses(PodSandbox, { id: 5 }, /^PodSandbox\.id: expected a string, got 5 \(number\)$/);
  refuses(PodSandbox, { id: null }, /id: expected a string, got null$/);
  refuses(PodSandbox, { pid: "7" }, /pid: expected an integer from 0 to 4294967295, got "7" \(string\)$/);
  refuses(SynchronizeRequest, { more: 1 }, /more: expected a boolean, got 1 \(number\)$/);
  refuses(LinuxPids, { limit: 5 }, /limit: expected a bigint, got 5 \(number\)$/);
  refuses(LinuxPids, { limit: 0 }, /limit: expected a bigint, got 0 \(number\)$/);
  refuses(CreateContainerRequest, { pod: "web" }, /pod: expected a message, got "web" \(string\)$/);
  refuses(CreateContainerRequest, { pod: [] }, /pod: expected a message, got an array of 0$/);
  refuses(Container, { args: "sh" }, /args: expected an array, got "sh" \(string\)$/);
  refuses(Container, { args: { 0: "sh" } }, /args: expected an array, got an object$/);
  refuses(PodSandbox, { labels: new Map([["a", "b"]]) }, /labels: expected a plain object, got a Map$/);
  refuses(PodSandbox, { labels: [] }, /labels: expected a plain object, got an array of 0$/);
  refuses(PodSandbox, { labels: { a: 4n } }, /labels\["a"\]: expected a string, got 4n \(bigint\)$/);
  refuses(FieldOwners, { simple: { x: "a" } }, /simple: expected a 32-bit integer as key, got "x" \(string\)$/);
  refuses(PodSandbox, "pod", /expected a message, got "pod" \(string\)$/);
});

test("a number that its field cannot hold is refused", () => {
  for (const pid of [-1, 1.5, Number.NaN, 2 ** 32, Number.POSITIVE_INFINITY]) {
    refuses(PodSandbox, { pid }, new RegExp(`pid: expected an integer from 0 to 4294967295, got ${pid} \\(number\\)$`));
  }
  for (const exitCode of [2 ** 31, -(2 ** 31) - 1, 0.5])
    refuses(Container, { exitCode }, /exitCode: expected an integer from -2/);
  refuses(User, { additionalGids: [1, -1] }, /additionalGids(\[1\])?: expected an integer from 0/);
  refuses(LinuxPids, { limit: 2n ** 63n }, /limit: expected a bigint from -2\^63 to 2\^63-1, got 9223372036854775808n/);
  refuses(OptionalUInt64, { value: -1n }, /value: expected a bigint from 0 to 2\^64-1, got -1n/);
  refuses(OptionalUInt64, { value: 2n ** 64n }, /value: expected a bigint from 0 to 2\^64-1/);
});

test("an item that is undefined is refused with its index", () => {
  refuses(Container, { args: ["a", undefined] }, /args\[1\]: expected .*got undefined$/);
  refuses(Container, { mounts: [{}, undefined] }, /mounts\[1\]: expected a message, got undefined$/);
});

test("the path of what was refused leads through lists and maps", () => {
  const at = (parts: unknown, text: RegExp) =>
    assert.throws(() => CreateContainerResponse.encode(parts as never), { code: "invalid-value", message: text });
  at(
    { update: [{}, { linux: { resources: { memory: { limit: { value: 5 } } } } }] },
    /^CreateContainerResponse\.update\[1\]\.linux\.resources\.memory\.limit\.value: expected a bigint, got 5 \(number\)$/,
  );
  at(
    { adjust: { linux: { netDevices: { "eth\n0": { name: 1 } } } } },
    /^CreateContainerResponse\.adjust\.linux\.netDevices\["eth\\n0"\]\.name: expected a string/,
  );
});

test("a failed message leaves nothing behind for the next", () => {
  assert.throws(() => CreateContainerRequest.encode({ pod: { id: "x", ips: ["a", 1 as never] } }));
  assert.equal(hex(PodSandbox.encode({ id: "a" })), "0a0161");
});

test("a getter may encode a message of its own, and one that throws is not hidden", () => {
  const outer = {
    id: "outer",
    get name(): string {
      return hex(CreateContainerRequest.encode({ pod: { id: "inner".repeat(100) } })).slice(0, 4);
    },
    uid: "u",
  };
  assert.deepEqual(
    PodSandbox.decode(PodSandbox.encode(outer)),
    PodSandbox.create({ id: "outer", name: "0af7", uid: "u" }),
  );
  const broken = {
    get name(): string {
      throw new RangeError("mine");
    },
  };
  assert.throws(() => PodSandbox.encode(broken), RangeError);
  assert.equal(hex(PodSandbox.encode({ id: "a" })), "0a0161");
});

test("bytes belong to the caller", () => {
  const first = PodSandbox.encode({ id: "a" });
  PodSandbox.encode({ id: "bbbbbbbb" });
  assert.equal(hex(first), "0a0161");
  assert.equal(first.buffer.byteLength, first.length);
});

test("bytes of a large message belong to the caller as well, and hold on to little beside it", () => {
  const text = "x".repeat(2 ** 21);
  for (const id of [text, `${text.slice(0, 2 ** 20)}é${text.slice(0, 2 ** 20)}\ud800`]) {
    const first = PodSandbox.encode({ id, name: "first" });
    const copy = first.slice();
    PodSandbox.encode({ id: `other ${id}`, name: "second" });
    assert.deepEqual(first, copy);
    assert.equal(PodSandbox.decode(first).id, id.replace("\ud800", "\ufffd"));
    assert.ok(first.buffer.byteLength < 2 * first.length, `${first.buffer.byteLength}`);
  }
});

test("a message over the limit is refused", () => {
  const name = "a".repeat(MAX_MESSAGE_BYTES / 2 + 1);
  assert.throws(() => PodSandbox.encode({ name, uid: name }), {
    code: "oversize",
    message: /MAX_MESSAGE_BYTES, 67108864/,
  });
  assert.throws(() => PodSandbox.encode({ name: `${name}${name}` }), { code: "oversize" });
});

test("created messages share nothing with their parts", () => {
  const parts = { linux: { namespaces: [{ type: "pid" }] }, labels: { a: "b" }, ips: ["::1"] };
  const pod = PodSandbox.create(parts);
  pod.labels.c = "d";
  pod.ips.push("::2");
  pod.linux?.namespaces.push({ type: "uts", path: "" });
  assert.deepEqual(parts, { linux: { namespaces: [{ type: "pid" }] }, labels: { a: "b" }, ips: ["::1"] });
});

test("an entry of net devices without a value is written as an empty message", () => {
  assert.equal(hex(LinuxContainerAdjustment.encode({ netDevices: { "-e": {} } })), "4a060a022d651200");
});
