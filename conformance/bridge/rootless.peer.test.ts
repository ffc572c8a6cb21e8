// podman without root calls the wrapper that the machine's configuration names: its containers are not the daemon's.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { nriProgram } from "../paths.js";
import { output } from "../peers/child.js";
import { program, root, skipUnless } from "../requirements.js";

const NOBODY = ["--reuid=65534", "--regid=65534", "--clear-groups"];

test("calls of a podman without root pass unasked, those of root are refused without a daemon", {
  skip: skipUnless(root, program("setpriv")),
}, async () => {
  const dir = mkdtempSync(join(tmpdir(), "nri-rootless-"));
  try {
    chmodSync(dir, 0o755);
    const [runtime, wrapper] = [join(dir, "runc"), join(dir, "nri-runc")];
    writeFileSync(runtime, '#!/bin/sh\necho "runc version 1.3.0"\necho "$@"\n', { mode: 0o755 });
    const socket = ["--socket", join(dir, "lease/lease.sock"), "--wait", "1s"];
    await output(nriProgram, [
      "oci",
      "install",
      "--engine",
      "podman",
      "--runtime",
      runtime,
      "--out",
      wrapper,
      ...socket,
    ]);
    mkdirSync(join(dir, "bundle"));
    writeFileSync(join(dir, "bundle/config.json"), "{}");
    const call = [wrapper, "create", "--bundle", join(dir, "bundle"), "one"];
    const passed = await output("setpriv", [...NOBODY, "--", ...call]);
    assert.match(passed, /^create --bundle \S+ one$/m);
    await assert.rejects(output("sh", ["-c", 'exec "$@"', "sh", ...call]), /NRI: create refused/);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
