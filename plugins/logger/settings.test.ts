// Tests of the logger's configuration and log file.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { logFile } from "../common/log-file.js";
import { configured, eventMask, marks } from "./settings.js";

const flags = { logFile: "f", events: [""], addAnnotation: "", setAnnotation: "a", addEnv: "", setEnv: "" };

test("the configuration overlays the flags", () => {
  const yaml = "logFile: /tmp/x\nevents: [pod, CreateContainer]\naddenv: FOO";
  assert.deepEqual(configured(flags, yaml), {
    logFile: "/tmp/x",
    events: ["pod", "CreateContainer"],
    addAnnotation: "",
    setAnnotation: "a",
    addEnv: "FOO",
    setEnv: "",
  });
});

test("a configuration without events keeps the flag's, even none", () => {
  assert.deepEqual(configured(flags, "addEnv: FOO").events, [""]);
});

test("a configuration that does not parse is refused", () => {
  assert.throws(() => configured(flags, "logFile: [5]"), {
    message: "failed to parse provided configuration: value.logFile: expected a string, got a list",
  });
});

test("the log file is appended to, and changed when its name does", (context) => {
  const dir = mkdtempSync(join(tmpdir(), "nri-logger-"));
  context.after(() => rmSync(dir, { recursive: true }));
  const [first, second] = [join(dir, "1"), join(dir, "2")];
  for (let round = 0; round < 2; round++) {
    const file = logFile();
    file.reopen(first);
    file.log.info("one");
    file.reopen("");
    file.reopen(second);
    file.log.info("two");
  }
  assert.equal(readFileSync(first, "utf8"), "INFO  one\nINFO  one\n");
  assert.equal(readFileSync(second, "utf8"), "INFO  two\nINFO  two\n");
  assert.equal(statSync(first).mode & 0o777, 0o644 & ~process.umask());
  assert.throws(() => logFile().reopen(join(dir, "no", "file")), { message: /^failed to open log file ".*": ENOENT/ });
});

test("events are named as in the reference, and none is no event", () => {
  assert.equal(
    eventMask({ ...flags, events: ["createContainer", "podsandbox"] }, "f"),
    0x8 | 0x1 | 0x2 | 0x4 | 0x800 | 0x1000,
  );
  assert.throws(() => eventMask(flags, "failed to parse events"), {
    message: 'failed to parse events: unknown event ""',
  });
});

test("containers are marked: add adds, set takes over", () => {
  const all = { ...flags, addAnnotation: "aa", setAnnotation: "sa", addEnv: "AE", setEnv: "SE" };
  const { annotations, env } = marks(all, "m").build();
  assert.deepEqual(annotations, { aa: "m", "-sa": "", sa: "m" });
  assert.deepEqual(
    env.map(({ key, value }) => `${key}=${value}`),
    ["AE=m", "-SE=", "SE=m"],
  );
});
