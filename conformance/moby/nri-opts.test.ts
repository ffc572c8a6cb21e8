// nri-opts through our readers, against what moby's own made of them (conformance/golden/moby).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { formatNriOpts, type NriOpts, parseNriOpts, parseNriOptsFlag } from "@nri/runtime/docker";
import { goldenDir } from "../paths.js";

interface Recorded {
  readonly flag?: string;
  readonly json?: string;
  readonly error?: string;
  readonly text?: string;
  readonly value?: {
    readonly enable?: boolean;
    readonly "plugin-path"?: string;
    readonly "plugin-config-path"?: string;
    readonly "socket-path"?: string;
  };
}

test("flags and JSON give what moby makes of them, to the last letter of an error", () => {
  const lines = readFileSync(join(goldenDir, "moby/nri-opts.jsonl"), "utf8").trim().split("\n");
  assert.ok(lines.length > 50);
  for (const line of lines) {
    const { flag, json = "", error, text, value = {} } = JSON.parse(line) as Recorded;
    const read = (): NriOpts => (flag === undefined ? parseNriOpts(json) : parseNriOptsFlag(flag));
    if (error !== undefined) {
      assert.throws(read, { message: error }, line);
      continue;
    }
    const expected: NriOpts = {
      enable: value.enable ?? false,
      pluginPath: value["plugin-path"] ?? "",
      pluginConfigPath: value["plugin-config-path"] ?? "",
      socketPath: value["socket-path"] ?? "",
    };
    assert.deepEqual(read(), expected, line);
    assert.equal(formatNriOpts(read()), text, line);
  }
});
