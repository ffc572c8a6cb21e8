// The state in messages: the same bytes as the codec makes of the same objects, cut at the same places, none over the limit.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Container, type Init, PodSandbox, SynchronizeRequest } from "@nri/protocol";
import fc from "fast-check";
import { StateSplitter, type SyncPart } from "./sync.js";

/** All messages, each read when the next one is complete; with slices that are over at once there is a pause after each object. */
function messages(
  pods: readonly Init<PodSandbox>[],
  containers: readonly Init<Container>[],
  maxBytes: number,
  untilMs = Number.POSITIVE_INFINITY,
): { more: boolean; payload: Uint8Array }[] {
  const splitter = new StateSplitter(pods, containers, maxBytes);
  const all: { more: boolean; payload: Uint8Array }[] = [];
  let last: SyncPart | undefined;
  while (last?.more !== false) {
    const part = splitter.encode(untilMs);
    if (part !== undefined) {
      if (last !== undefined) {
        all.push({ more: last.more, payload: last.payload.slice() });
      }
      last = part;
    }
  }
  return [...all, last];
}

/** The plain way: as many objects as fit, by the codec of the whole message. Undefined when one does not fit at all. */
function plainly(
  pods: readonly Init<PodSandbox>[],
  containers: readonly Init<Container>[],
  maxBytes: number,
): Uint8Array[] | undefined {
  const made: Uint8Array[] = [];
  let part: { pods: Init<PodSandbox>[]; containers: Init<Container>[] } = { pods: [], containers: [] };
  for (const one of [...pods.map((pod) => ({ pod })), ...containers.map((container) => ({ container }))]) {
    const add = "pod" in one ? { pods: [one.pod], containers: [] } : { pods: [], containers: [one.container] };
    const grown = { pods: [...part.pods, ...add.pods], containers: [...part.containers, ...add.containers] };
    if (SynchronizeRequest.encode({ ...grown, more: true }).length <= maxBytes) {
      part = grown;
    } else if (SynchronizeRequest.encode({ ...add, more: true }).length > maxBytes) {
      return undefined;
    } else {
      made.push(SynchronizeRequest.encode({ ...part, more: true }));
      part = add;
    }
  }
  return [...made, SynchronizeRequest.encode(part)];
}

const text = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom("", "é", "x".repeat(200)));
const map = fc.dictionary(fc.string({ maxLength: 4 }), text, { maxKeys: 3 });
const pods = fc.array(fc.record({ id: text, name: text, labels: map }), { maxLength: 8 });
const containers = fc.array(
  fc.record({ id: text, podSandboxId: text, env: fc.array(text, { maxLength: 4 }), annotations: map }),
  { maxLength: 20 },
);

test("the messages are those that the codec makes of as many objects as fit, whatever the slices", () => {
  fc.assert(
    fc.property(pods, containers, fc.integer({ min: 100, max: 3000 }), fc.boolean(), (some, more, maxBytes, sliced) => {
      const wanted = plainly(some, more, maxBytes);
      const make = () => messages(some, more, maxBytes, sliced ? 0 : undefined);
      if (wanted === undefined) {
        assert.throws(make, { code: "sync-object-too-large" });
        return;
      }
      const made = make();
      assert.deepEqual(
        made.map(({ payload }) => Buffer.from(payload).toString("hex")),
        wanted.map((payload) => Buffer.from(payload).toString("hex")),
      );
      assert.deepEqual(
        made.map(({ more }) => more),
        made.map((_, i) => i < made.length - 1),
      );
      assert.ok(made.every(({ payload }) => payload.length <= maxBytes));
    }),
    { numRuns: 200, seed: 20261128 },
  );
});

test("a part is cut when the next object and the mark of another part would not fit: at one byte less, not before", () => {
  const some = [PodSandbox.create({ id: "p", name: "pod" })];
  const more = Array.from({ length: 50 }, (_, i) => Container.create({ id: `c${i}`, name: "n".repeat(i * 3) }));
  const whole = SynchronizeRequest.encode({ pods: some, containers: more }).length;
  assert.equal(messages(some, more, whole + 2).length, 1);
  assert.equal(messages(some, more, whole + 1).length, 2);
  assert.deepEqual(messages([], [], 100), [{ more: false, payload: new Uint8Array(0) }]);
});

test("an object that is too large for a message is named, with its size", () => {
  const large = { id: "c", name: "ctr", args: ["x".repeat(300)] };
  assert.throws(() => messages([], [{ id: "small" }, large], 200), {
    code: "sync-object-too-large",
    message: /^container "ctr" \(c\) takes 31\d bytes, a Synchronize message holds 198$/,
  });
  assert.throws(() => messages([{ id: "p", name: "pod", uid: "x".repeat(200) }], [], 200), {
    message: /^pod "pod" \(p\) takes 2\d\d bytes/,
  });
});
