// nri-opts through our readers, against what moby's own made of them (conformance/golden/moby).
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatNriOpts, type NriOpts, nriOptsOf, parseNriOpts, parseNriOptsFlag } from "@nri/runtime/docker";
import { recorded } from "./recorded.js";

interface Read {
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
  const all = recorded<Read>("nri-opts");
  assert.ok(all.length > 50);
  for (const { flag, json = "", error, text, value = {} } of all) {
    const what = flag ?? json;
    const read = (): NriOpts => (flag === undefined ? parseNriOpts(json) : parseNriOptsFlag(flag));
    if (error !== undefined) {
      assert.throws(read, { message: error }, what);
      continue;
    }
    const expected: NriOpts = {
      enable: value.enable ?? false,
      pluginPath: value["plugin-path"] ?? "",
      pluginConfigPath: value["plugin-config-path"] ?? "",
      socketPath: value["socket-path"] ?? "",
    };
    assert.deepEqual(read(), expected, what);
    assert.equal(formatNriOpts(read()), text, what);
  }
});

interface Start {
  readonly flags: readonly string[];
  readonly file: string;
  readonly code: number;
  readonly said: string;
}

test("a flag and a file together are refused where moby refuses them, with the end of its text", () => {
  // Keys in another case, and JSON that is none, have texts of their own with us.
  const isOurs = ({ file }: Start): boolean => !/NRI-opts|[^}]}$/.test(file) || file === "{}";
  for (const { flags, file, code, said } of recorded<Start>("starts").filter(isOurs)) {
    const read = (): unknown => nriOptsOf(flags, file);
    if (code === 0) read();
    else assert.throws(read, (error: Error) => said.endsWith(error.message), said);
  }
});
