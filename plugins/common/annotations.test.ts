// Tests of finding annotations, and of the errors about them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PodSandbox } from "@nri/protocol";
import { containerAnnotation, effectiveAnnotation, MAX_ANNOTATION_BYTES, podAnnotation } from "./annotations.js";

const KEYS = ["new.dev", "old.dev"];
const IN_ORDER = ["new.dev/container.c", "old.dev/container.c", "new.dev/pod", "old.dev/pod", "new.dev", "old.dev"];
const podWith = (keys: readonly string[], value = "v") =>
  PodSandbox.create({
    namespace: "default",
    name: "p",
    annotations: Object.fromEntries(keys.map((key) => [key, value])),
  });

test("the container's key goes before the pod's and the bare one, in each scope the new name before the old one", () => {
  for (const [first, key] of IN_ORDER.entries()) {
    assert.equal(effectiveAnnotation(podWith(IN_ORDER.slice(first)), KEYS, "c")?.key, key);
  }
  assert.equal(effectiveAnnotation(podWith(["new.dev/container.other"]), KEYS, "c"), undefined);
});

test("an annotation of the container alone, and one of the pod alone, pass the other scopes over", () => {
  assert.equal(containerAnnotation(podWith(IN_ORDER), KEYS, "c")?.key, "new.dev/container.c");
  assert.equal(containerAnnotation(podWith(IN_ORDER.slice(2)), KEYS, "c"), undefined);
  assert.equal(podAnnotation(podWith(IN_ORDER), KEYS)?.key, "new.dev/pod");
  assert.equal(podAnnotation(podWith(["old.dev"]), KEYS)?.key, "old.dev");
  assert.equal(podAnnotation(podWith(["new.dev/container.pod"]), KEYS), undefined);
});

test("an empty value counts as there, and what every object inherits does not", () => {
  assert.equal(effectiveAnnotation(podWith(["new.dev"], ""), KEYS, "c")?.value, "");
  assert.equal(podAnnotation(podWith([]), ["constructor"]), undefined);
});

test("an error names pod, container and key behind its text", () => {
  const parse = () => {
    throw new Error("no such thing");
  };
  assert.throws(() => effectiveAnnotation(podWith(["old.dev/pod"]), KEYS, "c")?.read(parse), {
    message: "no such thing (pod default/p, container c, annotation old.dev/pod)",
  });
  const failure = (value: string) => `invalid annotation "${value}"`;
  assert.throws(() => podAnnotation(podWith(["new.dev"]), KEYS)?.read(parse, failure), {
    message: 'invalid annotation "v": no such thing (pod default/p, annotation new.dev)',
  });
});

test("a value that is too long is not parsed, and not repeated", () => {
  const read = (length: number) =>
    podAnnotation(podWith(["new.dev"], "x".repeat(length)), KEYS)?.read((value) => value.length);
  assert.equal(read(MAX_ANNOTATION_BYTES), MAX_ANNOTATION_BYTES);
  assert.throws(() => read(MAX_ANNOTATION_BYTES + 1), {
    message: "annotation value of 262145 bytes is longer than 262144 (pod default/p, annotation new.dev)",
  });
});
