// An answer of the daemon that nobody waits for any more.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer, Lease } from "../lease.js";
import { LIMITS } from "../limits.js";
import type { RuntimeCall } from "../runtime-call.js";
import { LeaseDesk } from "./desk.js";

const CALL: RuntimeCall = { verb: "create", id: "c1", root: "", bundle: "/b", engine: "oci" };

for (const [why, text, withdraw] of [
  ["comes after its time", /not answered in 20 ms/, () => undefined],
  ["comes after the end of the daemon", /the daemon ends/, (desk: LeaseDesk) => desk.close()],
] as const) {
  test(`an answer that ${why} is of no use: its handler knows, and nothing of it is told`, async () => {
    const told: Answer[] = [];
    let answered: Promise<unknown> | undefined;
    const handler = async (lease: Lease): Promise<void> => {
      await new Promise((resolve) => lease.signal.addEventListener("abort", resolve));
      answered = lease.answer({ kind: "follow" });
      await answered;
    };
    const desk = new LeaseDesk({ handler, log: undefined, limits: { ...LIMITS.lease, answerMs: 20 } });
    const lease = desk.take(CALL, new Uint8Array(), (answer) => told.push(answer));
    withdraw(desk);
    assert.equal(await lease.over, undefined);
    assert.match(String(lease.signal.reason), text);
    await lease.settled;
    assert.equal(await answered, undefined);
    assert.deepEqual(
      told.map((answer) => [answer.kind, answer.kind === "refuse" && text.test(answer.text)]),
      [["refuse", true]],
    );
  });
}
