// Tests of effective annotations.
import assert from "node:assert/strict";
import { test } from "node:test";
import { annotation } from "./annotation.js";

const pod = (annotations: Record<string, string>) => ({ annotations });

test("the container's own key goes before the pod's, and that before the bare one", () => {
  const all = { k: "bare", "k/pod": "pod", "k/container.web": "web" };
  assert.equal(annotation(pod(all), "k", "web"), "web");
  assert.equal(annotation(pod(all), "k", "other"), "pod");
  assert.equal(annotation(pod({ k: "bare" }), "k", "web"), "bare");
  assert.equal(annotation(pod({}), "k", "web"), undefined);
});

test("an empty value is present", () => {
  assert.equal(annotation(pod({ k: "bare", "k/container.web": "" }), "k", "web"), "");
});

test("without a container name only the pod's keys count", () => {
  assert.equal(annotation(pod({ k: "bare", "k/container.undefined": "x" }), "k"), "bare");
});

test("what objects inherit is no annotation", () => {
  assert.equal(annotation(pod({}), "constructor"), undefined);
  assert.equal(annotation(pod({ ["__proto__"]: "p" }), "__proto__"), "p");
});
