// Policies from configuration files and from code: what is understood, and how mistakes are told.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createAdaptation } from "../adaptation.js";
import type { AdaptationOptions } from "../options.js";
import { parsePolicies } from "./read.js";

test("a configuration file has durations as text or as milliseconds", () => {
  const value = {
    rules: [
      { plugin: "*", timeout: "1m30.5s", failure: "skip" },
      { plugin: "10-foo", events: ["createContainer", "configure"], timeout: 750, takeover: true },
      {
        plugin: "foo",
        events: ["stopContainer"],
        error: "retry",
        retry: { attempts: 3, delay: "20ms", maxDelay: "1h", then: "drop" },
      },
    ],
    required: [{ plugin: "foo", namespaces: ["prod"], events: ["createContainer"] }, { plugin: "11-bar" }],
  };
  assert.deepEqual(parsePolicies(value, "policies"), {
    rules: [
      { plugin: "*", timeoutMs: 90_500, failure: "skip" },
      { plugin: "10-foo", events: ["createContainer", "configure"], timeoutMs: 750, takeover: true },
      {
        plugin: "foo",
        events: ["stopContainer"],
        error: "retry",
        retry: { attempts: 3, delayMs: 20, maxDelayMs: 3_600_000, then: "drop" },
      },
    ],
    required: [{ plugin: "foo", namespaces: ["prod"], events: ["createContainer"] }, { plugin: "11-bar" }],
  });
  for (const nothing of [undefined, null, {}]) {
    assert.deepEqual(parsePolicies(nothing, "policies"), {});
  }
});

const MISTAKES: readonly (readonly [value: unknown, text: string])[] = [
  [[], "policies: a list is not an object"],
  ["skip", 'policies: "skip" is not an object'],
  [{ rule: [] }, "policies.rule: unknown key; known are rules, required"],
  [{ rules: null }, "policies.rules: null is not a list"],
  [
    { rules: [{}] },
    'policies.rules[0].plugin: is missing; it must be the name of a plugin such as "10-foo" or "foo", or "*"',
  ],
  [
    { rules: [{ plugin: "a/b" }] },
    'policies.rules[0].plugin: "a/b" is not the name of a plugin such as "10-foo" or "foo", or "*": invalid plugin name "a/b": contains invalid character \'/\'',
  ],
  [
    { rules: [{ plugin: "*" }, { plugin: "*" }, { plugin: "foo", timeout: "soon" }] },
    'policies.rules[2].timeout: "soon" is not a duration such as "500ms" or "2s"',
  ],
  [{ rules: [{ plugin: "*", timeout: 0 }] }, "policies.rules[0].timeout: 0 is no time from 1 to 2147483647 ms"],
  [
    { rules: [{ plugin: "*", timeout: "600h" }] },
    'policies.rules[0].timeout: "600h" is no time from 1 to 2147483647 ms',
  ],
  [
    { rules: [{ plugin: "*", timeout: 1.5 }] },
    'policies.rules[0].timeout: 1.5 is not a duration such as "500ms" or "2s"',
  ],
  [
    { rules: [{ plugin: "*", timeoutMs: 5 }] },
    "policies.rules[0].timeoutMs: unknown key; known are plugin, events, timeout, failure, error, retry, takeover",
  ],
  [
    { rules: [{ plugin: "*", failure: "ignore" }] },
    'policies.rules[0].failure: "ignore" is not one of fail, skip, drop, retry',
  ],
  [
    { rules: [{ plugin: "*", failure: true }] },
    "policies.rules[0].failure: true is not one of fail, skip, drop, retry",
  ],
  [
    { rules: [{ plugin: "*", retry: { then: "retry" } }] },
    'policies.rules[0].retry.then: "retry" is not one of fail, skip, drop',
  ],
  [
    { rules: [{ plugin: "*", retry: { attempts: 0 } }] },
    "policies.rules[0].retry.attempts: 0 is not a number from 1 to 100",
  ],
  [
    { rules: [{ plugin: "*", retry: { attempts: 10n } }] },
    "policies.rules[0].retry.attempts: 10 is not a number from 1 to 100",
  ],
  [{ rules: [{ plugin: "*", events: [] }] }, "policies.rules[0].events: is an empty list; leave it out to mean all"],
  [{ rules: [{ plugin: "*", takeover: "yes" }] }, 'policies.rules[0].takeover: "yes" is not true or false'],
  [
    { rules: [{ plugin: "*", events: ["stopContainer", "shutdown"], error: "skip" }] },
    "policies.rules[0].error: has no meaning for shutdown: of that only the deadline can be set",
  ],
  [
    { required: [{ plugin: "*" }] },
    'policies.required[0].plugin: "*" is not the name of a plugin such as "10-foo" or "foo": invalid plugin name "*": contains invalid character \'*\'',
  ],
  [{ required: [{ plugin: "foo", namespaces: [""] }] }, 'policies.required[0].namespaces[0]: "" is not a name'],
  [
    JSON.parse('{"rules": [{"plugin": "*", "__proto__": {}}]}'),
    "policies.rules[0].__proto__: unknown key; known are plugin, events, timeout, failure, error, retry, takeover",
  ],
  [
    { rules: Array.from({ length: 1025 }, () => ({ plugin: "*" })) },
    "policies.rules: has 1025 entries, the maximum is 1024",
  ],
];

test("a mistake is told with its path and its value", () => {
  for (const [value, message] of MISTAKES) {
    assert.throws(() => parsePolicies(value, "policies"), { code: "invalid-option", message });
  }
  assert.throws(() => parsePolicies({ required: [{ plugin: "foo", events: ["validateContainerAdjustment"] }] }, ""), {
    message: /^required\[0\]\.events\[0\]: "validateContainerAdjustment" is not one of runPodSandbox, /,
  });
});

test("policies in code are checked alike when the adaptation is made, and refused where the reference is asked for", () => {
  const options = (more: object): AdaptationOptions => ({
    runtime: { name: "test", version: "1" },
    synchronize: async () => undefined,
    updateContainers: async () => [],
    ...more,
  });
  createAdaptation(options({ policies: { rules: [{ plugin: "*", timeoutMs: 5, failure: undefined }] } }));
  for (const [policies, message] of [
    [
      { rules: [{ plugin: "*", timeout: "5ms" }] },
      /^policies\.rules\[0\]\.timeout: unknown key; known are .* timeoutMs/,
    ],
    [
      { rules: [{ plugin: "*", timeoutMs: "5ms" }] },
      /^policies\.rules\[0\]\.timeoutMs: "5ms" is not a number of whole/,
    ],
    [null, /^policies: null is not an object/],
  ] as const) {
    assert.throws(() => createAdaptation(options({ policies })), { code: "invalid-option", message });
  }
  assert.throws(() => createAdaptation(options({ policies: {}, compat: "reference" })), {
    code: "invalid-option",
    message: 'policies: the reference has none; leave them out, or compat: "reference"',
  });
});
