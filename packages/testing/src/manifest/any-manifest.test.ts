// Whatever stands in a manifest: pods, or one line with file and line. Never another error, never a crash.
import assert from "node:assert/strict";
import { test } from "node:test";
import { printSpec } from "@nri/oci";
import { PodSandbox } from "@nri/protocol";
import fc from "fast-check";
import { parse } from "yaml";
import { TestingError } from "../errors.js";
import { readDocuments } from "../input/read.js";
import { FULL_MANIFEST } from "../player/recording.fixture.js";
import { manifestToPods } from "./manifest.js";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const FULL = {
  ...(parse(FULL_MANIFEST) as { [key: string]: Json }),
};

/** Every place in a value, as the list of keys that lead there. */
function places(value: Json, path: (string | number)[] = []): (string | number)[][] {
  const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [path, ...inner.flatMap(([key, item]) => places(item, [...path, Array.isArray(value) ? Number(key) : key]))];
}

function replaced(value: Json, [head, ...rest]: readonly (string | number)[], by: Json): Json {
  if (head === undefined) return by;
  const copy = structuredClone(value) as { [key: string]: Json };
  copy[head] = replaced(copy[head] ?? null, rest, by);
  return copy;
}

const odd: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    0,
    -1,
    "9223372036854775807",
    "9999-01-01T00:00:00Z",
    1.5,
    1e30,
    "",
    "x",
    "1Gi",
    "$(A)",
    "/",
    "__proto__",
    [],
    {},
    [null],
    [[]],
    [{}],
    { name: "x" },
  ),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

function accepts(text: string): boolean {
  try {
    for (const { pod, containers } of manifestToPods(readDocuments(text, "any.yaml"), { file: "any.yaml" }).pods) {
      PodSandbox.encode(pod);
      for (const { spec } of containers) printSpec(spec);
    }
    return true;
  } catch (error) {
    assert.ok(error instanceof TestingError, error instanceof Error ? error.stack : String(error));
    assert.match(error.message, /^any\.yaml:\d+: [^\n]+$/);
    return false;
  }
}

test("a manifest with anything anywhere gives pods, or one line with file and line", () => {
  assert.ok(accepts(JSON.stringify(FULL)));
  const all = places(FULL);
  fc.assert(
    fc.property(fc.constantFrom(...all), odd, (path, value) => {
      accepts(JSON.stringify(replaced(FULL, path, value), null, 1));
    }),
    { numRuns: 1000 },
  );
});

test("any text gives pods, or one line with file and line", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 80 }),
    fc
      .array(
        fc.constantFrom(
          "kind: Pod",
          "\n",
          "  ",
          "- ",
          "[",
          "{",
          "]",
          "}",
          ": ",
          "&a",
          "*a",
          "|",
          "'",
          '"',
          "#",
          "---",
          "metadata:",
          "!!map",
          "\t",
        ),
        { maxLength: 30 },
      )
      .map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (each) => void accepts(each)),
    { numRuns: 1500 },
  );
});
