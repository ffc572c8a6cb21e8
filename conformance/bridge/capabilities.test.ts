// The bridge's table of what plugins see has every event and every field of the protocol, and the page says the same.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { EVENT_NAMES } from "@nri/protocol";
import { CAPABILITIES, capabilitiesOf, capabilityOf } from "@nri/runtime";
import { repositoryDir } from "../paths.js";
import { PAGE, withSection } from "./capabilities-page.js";
import { fieldPaths } from "./protocol-paths.js";

const MESSAGES = [
  { message: "PodSandbox", fields: (entry: (typeof CAPABILITIES)[number]) => entry.pod },
  { message: "Container", fields: (entry: (typeof CAPABILITIES)[number]) => entry.container },
] as const;

for (const entry of CAPABILITIES) {
  for (const { message, fields } of MESSAGES) {
    const paths = fieldPaths(message);

    test(`${entry.domain}: every field of ${message} is filled from somewhere, or has a reason`, () => {
      assert.ok(paths.length > 15, `${paths.length} fields`);
      assert.deepEqual(
        paths.filter((path) => capabilityOf(fields(entry), path) === undefined),
        [],
      );
    });

    test(`${entry.domain}: no row about ${message} is without a field of the protocol`, () => {
      assert.deepEqual(
        Object.keys(fields(entry)).filter((row) => !paths.some((path) => path === row || path.startsWith(`${row}.`))),
        [],
      );
    });
  }

  test(`${entry.domain}: each event is seen at some moment, or has a reason`, () => {
    assert.deepEqual(Object.keys(entry.events).sort(), [...EVENT_NAMES].sort());
  });
}

test("the entry of a domain is its own, else that of the others of its engine", () => {
  assert.equal(capabilitiesOf("containerd:k8s.io")?.domain, "containerd:k8s.io");
  assert.equal(capabilitiesOf("containerd:default")?.domain, "containerd:*");
  assert.equal(capabilitiesOf("rkt"), undefined);
});

test(`${PAGE} says what the table says: else run npm run capabilities`, () => {
  const page = readFileSync(join(repositoryDir, PAGE), "utf8");
  assert.equal(withSection(page), page);
});
