// Tests of finding and running programs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { programPath } from "./ip.js";

test("a program is found by its absolute name, without PATH", () => {
  assert.equal(programPath("sh", ["/nonexistent", "/bin"]), "/bin/sh");
  assert.throws(() => programPath("no-such-program", ["/bin", "/usr/bin"]), {
    message: 'no program "no-such-program" in /bin, /usr/bin',
  });
});
