// docs/simulate.md against protocol.json and against what a plugin received: every field is filled, or listed with a reason.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { EVENTS } from "@nri/protocol";
import { readDocuments } from "../input/read.js";
import { manifestToPods } from "../manifest/manifest.js";
import { fieldPaths, filledAt } from "./coverage.fixture.js";
import { startLab } from "./lab.fixture.js";
import { LIFE } from "./life.js";
import { playPod } from "./play.js";
import { FULL_MANIFEST, recordingPlugin, type Seen } from "./recording.fixture.js";

const PAGE = readFileSync(new URL("../../../../docs/simulate.md", import.meta.url), "utf8");
const NAMES = LIFE.map((event) => EVENTS[event].name);

/** Rows of the table under a heading: path, events at which it is filled, reason. */
function tableUnder(heading: string, all: readonly string[]): { path: string; filled: Set<string>; reason: string }[] {
  const section = PAGE.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = [...section.matchAll(/^\| `([^`]+)` \| ([^|]+) \| (.+) \|$/gm)];
  return rows.map(([, path = "", when = "", reason = ""]) => {
    const named = when.replace(/^always but /, "").split(", ");
    const filled =
      when === "always"
        ? all
        : when === "never"
          ? []
          : when.startsWith("always but ")
            ? all.filter((name) => !named.includes(name))
            : named;
    for (const name of filled) assert.ok(NAMES.includes(name), `${path}: no event ${name}`);
    return { path, filled: new Set(filled), reason };
  });
}

for (const [heading, message, container] of [
  ["What plugins are told about a pod", "PodSandbox", undefined],
  ["What plugins are told about a container", "Container", "main"],
] as const) {
  test(`every field of ${message} is filled as docs/simulate.md says, at every event`, async () => {
    const seen: Seen[] = [];
    await using lab = await startLab(recordingPlugin(seen));
    const [plan] = manifestToPods(readDocuments(FULL_MANIFEST, "full.yaml")).pods;
    assert.ok(plan !== undefined);
    const update = { cpu: { shares: { value: 3n } }, memory: { limit: { value: 4096n } } };
    await playPod(lab.adaptation, plan, { update });
    const subject = container === undefined ? NAMES : NAMES.filter((name) => name.endsWith("Container"));
    const rows = tableUnder(heading, subject);
    const paths = fieldPaths(message);
    assert.ok(paths.length > 20);
    for (const path of paths) {
      // The longest row that is the path or above it.
      const row = rows
        .filter((each) => path === each.path || path.startsWith(`${each.path}.`))
        .sort((a, b) => b.path.length - a.path.length)[0];
      assert.ok(row !== undefined, `docs/simulate.md has no row for ${message}.${path}`);
      assert.notEqual(row.reason.trim(), "", path);
      assert.deepEqual([...filledAt(seen, path, container)].sort(), [...row.filled].sort(), `${message}.${path}`);
    }
    for (const row of rows) {
      assert.ok(
        paths.some((path) => path === row.path || path.startsWith(`${row.path}.`)),
        `no field ${row.path} in ${message}`,
      );
    }
  });
}
