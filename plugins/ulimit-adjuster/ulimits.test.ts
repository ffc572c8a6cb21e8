// Tests of the ulimit adjuster's annotations.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Container, PodSandbox } from "@nri/protocol";
import { adjustUlimits, ulimitsOf } from "./ulimits.js";

const container = Container.create({ name: "c" });
const ulimits = (annotations: Record<string, string>) =>
  ulimitsOf(PodSandbox.create({ namespace: "default", name: "p", annotations }), container);
const KEY = "ulimits.noderesource.dev/container.c";
const PLACE = ` (pod default/p, container c, annotation ${KEY})`;

test("limits are read, types normalised", () => {
  const yaml =
    "- type: RLIMIT_NOFILE\n  hard: 65536\n  soft: 1024\n- type: memlock\n  hard: 18446744073709551615\n- type: rlimit_core";
  assert.deepEqual(ulimits({ [KEY]: yaml }), [
    { type: "RLIMIT_NOFILE", hard: 65536n, soft: 1024n },
    { type: "RLIMIT_MEMLOCK", hard: 2n ** 64n - 1n, soft: 0n },
    { type: "RLIMIT_CORE", hard: 0n, soft: 0n },
  ]);
});

test("only the container's own keys count, the new one first", () => {
  const old = "ulimits.nri.containerd.io/container.c";
  assert.equal(ulimits({ [KEY]: "- type: CPU", [old]: "- type: NICE" })[0]?.type, "RLIMIT_CPU");
  assert.equal(ulimits({ [old]: "- type: NICE" })[0]?.type, "RLIMIT_NICE");
  assert.deepEqual(
    ulimits({ "ulimits.noderesource.dev": "- type: CPU", "ulimits.noderesource.dev/pod": "- type: CPU" }),
    [],
  );
  assert.deepEqual(ulimits({ [KEY]: "" }), []);
  assert.deepEqual(ulimits({}), []);
});

test("unknown types are refused as they were written", () => {
  for (const type of ["foo", "RLIMIT_RLIMIT_CPU", ""]) {
    const message = `failed to parse type: "${type}"${PLACE}`;
    assert.throws(() => ulimits({ [KEY]: `- type: "${type}"` }), { message });
  }
});

test("wrong types and text that is no YAML are refused, unknown keys passed over", () => {
  const refused = (yaml: string, problem: RegExp) =>
    assert.throws(
      () => ulimits({ [KEY]: yaml }),
      ({ message }: Error) => problem.test(message) && message.endsWith(PLACE),
    );
  refused("type: CPU", /^value: expected a list, got a mapping/);
  refused("- {type: CPU, hard: -1}", /^value\[0\]\.hard: expected an integer from 0 to 18446744073709551615, got -1/);
  refused("- [", /line 1/);
  assert.deepEqual(ulimits({ [KEY]: "- {type: CPU, other: {}}" }), [{ type: "RLIMIT_CPU", hard: 0n, soft: 0n }]);
});

test("a soft limit above the hard one is refused", () => {
  assert.throws(() => ulimits({ [KEY]: "- {type: cpu, hard: 1, soft: 2}" }), {
    message: `ulimit "RLIMIT_CPU" must have hard limit >= soft limit${PLACE}`,
  });
});

test("the answer is always an adjustment", () => {
  assert.deepEqual(adjustUlimits([]).rlimits, []);
  const [limit] = adjustUlimits([{ type: "RLIMIT_CPU", hard: 2n, soft: 1n }]).rlimits;
  assert.deepEqual([limit?.type, limit?.hard, limit?.soft], ["RLIMIT_CPU", 2n, 1n]);
});
