// The examples of docs/failure-policies.md are configurations that work.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { createAdaptation, parsePolicies } from "@nri/adaptation";
import { parse } from "yaml";

const PAGE = new URL("../../../docs/failure-policies.md", import.meta.url);

test("every YAML example of the page about failure policies is understood, and an adaptation takes it", async () => {
  const page = await readFile(PAGE, "utf8");
  const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = ""]) => text);
  assert.equal(examples.length, 2);
  const policies = examples.map((text) => parsePolicies(parse(text), "policies"));
  for (const one of policies) {
    createAdaptation({
      runtime: { name: "test", version: "1" },
      synchronize: async () => undefined,
      updateContainers: async () => [],
      policies: one,
    });
  }
  assert.deepEqual(policies[0]?.rules?.[1], {
    plugin: "device-injector",
    events: ["createContainer"],
    failure: "retry",
    error: "retry",
    retry: { attempts: 3, delayMs: 100, maxDelayMs: 5000, then: "fail" },
  });
  assert.deepEqual(policies[0]?.required, [{ plugin: "device-injector", namespaces: ["training", "inference"] }]);
});
