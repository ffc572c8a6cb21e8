// Envelopes: bytes as the reference writes them, everything protobuf allows in reading, refusal of the rest.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  requestLength,
  requestParts,
  requestPrefix,
  requestSuffix,
  responseLength,
  responseParts,
} from "./envelope.js";
import { StatusError, TtrpcError } from "./errors.js";
import { HEADER_BYTES } from "./frame.js";
import { metadata } from "./metadata.js";
import { concat } from "./wire.js";

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "hex"));
}

const payload = bytes("0a0161");

test("a request has its fields in the order of their numbers", () => {
  const request = encodeRequest({ service: "s", method: "m", payload, timeoutNano: 300n, metadata: [["K", "v"]] });
  assert.equal(hex(request), "0a0173" + "12016d" + "1a030a0161" + "20ac02" + "2a060a016b120176");
});

test("absent fields are not written: an empty payload, no time-out", () => {
  assert.equal(hex(encodeRequest({ service: "s", method: "m", payload: new Uint8Array(0) })), "0a017312016d");
  assert.equal(hex(encodeResponse(new Uint8Array(0))), "");
});

test("the parts of a request are one frame with the same envelope, for every combination of fields", () => {
  for (const body of [new Uint8Array(0), payload, new Uint8Array(127), new Uint8Array(128), new Uint8Array(70000)]) {
    for (const timeoutNano of [0, 1, 127, 128, 2e9, Number.MAX_SAFE_INTEGER]) {
      for (const entries of [[], [["a", "b"]] as [string, string][]]) {
        const prefix = requestPrefix("a.Service", "Method");
        const fields = requestSuffix(0, entries, 10);
        const frame = concat(requestParts(0x01020305, prefix, body, timeoutNano, fields));
        const wanted = encodeRequest({
          service: "a.Service",
          method: "Method",
          payload: body,
          timeoutNano: BigInt(timeoutNano),
          metadata: entries,
        });
        assert.equal(requestLength(prefix, body, timeoutNano, fields), wanted.length);
        assert.equal(
          hex(frame.subarray(0, HEADER_BYTES)),
          `${wanted.length.toString(16).padStart(8, "0")}010203050100`,
        );
        assert.equal(Buffer.compare(frame.subarray(HEADER_BYTES), wanted), 0);
      }
    }
  }
});

test("the parts of an answer are one frame with the same envelope", () => {
  for (const body of [new Uint8Array(0), payload, new Uint8Array(128)]) {
    const frame = concat(responseParts(7, body));
    assert.equal(responseLength(body), encodeResponse(body).length);
    assert.equal(
      hex(frame),
      `${responseLength(body).toString(16).padStart(8, "0")}000000070200${hex(encodeResponse(body))}`,
    );
  }
});

test("a request is read whatever the order of fields; the last of a repeated field counts; unknown fields are passed over", () => {
  const unknown = "3001" + "3d00000000" + "390000000000000000" + "32021234" + "5b5801605b5c5c"; // varint, 32, 64 bits, bytes, group
  const request = decodeRequest(bytes(`${unknown.slice(0, -14)}20ac021a01ff1a030a016112016d0a01780a0173`));
  assert.deepEqual(
    { ...request, payload: hex(request.payload) },
    {
      service: "s",
      method: "m",
      payload: "0a0161",
      timeoutNano: 300n,
      metadata: new Map(),
    },
  );
});

test("groups, which protobuf still knows, are passed over with what is in them", () => {
  assert.equal(decodeRequest(bytes("5b" + "5801" + "63" + "0a0199" + "64" + "5c" + "0a0173")).service, "s");
});

test("time-outs are signed 64-bit numbers", () => {
  for (const timeoutNano of [1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n, 4999497876n]) {
    assert.equal(
      decodeRequest(encodeRequest({ service: "", method: "", payload, timeoutNano })).timeoutNano,
      timeoutNano,
    );
  }
});

test("metadata keys are lower-case, repeated keys keep their values in order, __proto__ is a key like others", () => {
  const init: [string, string | string[]][] = [
    ["B", "1"],
    ["a", ["x", "y"]],
    ["b", "2"],
    ["__proto__", ""],
    ["", "z"],
  ];
  const read = decodeRequest(encodeRequest({ service: "s", method: "m", payload, metadata: init })).metadata;
  assert.deepEqual(
    read,
    new Map([
      ["b", ["1", "2"]],
      ["a", ["x", "y"]],
      ["__proto__", [""]],
      ["", ["z"]],
    ]),
  );
  assert.deepEqual(metadata(init), read);
});

test("metadata entries are counted before they are kept", () => {
  const many = encodeRequest({ service: "s", method: "m", payload, metadata: [["k", ["1", "2", "3"]]] });
  assert.equal(decodeRequest(many, 3).metadata.size, 1);
  assert.throws(() => decodeRequest(many, 2), { code: "protocol", message: "more than 2 metadata entries" });
  assert.throws(() => requestSuffix(0, [["k", ["1", "2", "3"]]], 2), { code: "invalid-argument" });
});

test("a status with code 0 is success, one without a message has an empty text", () => {
  assert.deepEqual(decodeResponse(bytes("0a00" + "1201ff")), { status: undefined, payload: Uint8Array.of(255) });
  assert.deepEqual(decodeResponse(bytes("0a020802")).status?.message, "rpc error: code = Unknown desc = ");
});

test("a status that comes in two pieces is one status, as protobuf merges messages", () => {
  const { status } = decodeResponse(bytes("0a020805" + "0a0312016e"));
  assert.equal(status?.status, 5);
  assert.equal(status?.rawMessage, "n");
});

test("code, text and details of a status survive, negative and unnamed codes too", () => {
  for (const code of [2, 99, -1, 2147483647, -2147483648]) {
    const sent = new StatusError(code, "böse", { details: [bytes("0a0161")] });
    const { status } = decodeResponse(encodeResponse(sent));
    assert.equal(status?.status, code);
    assert.equal(status?.rawMessage, "böse");
    assert.deepEqual(status?.details, [bytes("0a0161")]);
  }
});

const BROKEN: Record<string, string> = {
  "a cut length": "0a",
  "a field longer than the message": "0a0573",
  "a length of 4 GiB": "0affffffff0f61",
  "a length of 2^63": "0affffffffffffffffff0161",
  "a number of eleven bytes": "20ffffffffffffffffffff01",
  "a number of more than 64 bits": "20ffffffffffffffffff02",
  "field number 0": "0201",
  "wire type 6": "0e",
  "wire type 7": "0f",
  "an end of a group that never began": "0c",
  "a group that never ends": "0b",
  "a service that is not UTF-8": "0a02c328",
  "a cut 32-bit field": "3d0000",
  "a cut 64-bit field": "39000000",
  "metadata that is cut": "2a050a",
};
for (const [what, text] of Object.entries(BROKEN)) {
  test(`${what} is refused`, () => {
    assert.throws(() => decodeRequest(bytes(text)), { name: "TtrpcError", code: "protocol" });
  });
}

test("groups nested a thousand deep are refused instead of filling the stack", () => {
  assert.throws(() => decodeRequest(new Uint8Array(4_000_000).fill(0x5b)), { code: "protocol" });
});

test("random bytes give an envelope or a protocol error, nothing else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (data) => {
      for (const decode of [decodeRequest, decodeResponse]) {
        try {
          decode(data);
        } catch (error) {
          assert.ok(error instanceof TtrpcError && error.code === "protocol", String(error));
        }
      }
    }),
    { numRuns: 2000 },
  );
});

test("any request survives encoding and decoding", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 80 }),
      fc.string({ maxLength: 80 }),
      fc.uint8Array({ maxLength: 300 }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.array(fc.tuple(fc.string({ maxLength: 8 }), fc.string({ unit: "grapheme", maxLength: 8 })), { maxLength: 5 }),
      (service, method, body, timeoutNano, entries) => {
        const read = decodeRequest(encodeRequest({ service, method, payload: body, timeoutNano, metadata: entries }));
        assert.deepEqual(
          { ...read, payload: hex(read.payload) },
          { service, method, payload: hex(body), timeoutNano, metadata: metadata(entries) },
        );
      },
    ),
    { numRuns: 300 },
  );
});
