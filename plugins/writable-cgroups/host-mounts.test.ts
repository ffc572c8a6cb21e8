// Tests of what a mountinfo file says about writable cgroups.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { delegatesNamespaces, MAX_MOUNTINFO_BYTES, readMountinfo } from "./host-mounts.js";

const PROC = "22 1 0:5 / /proc rw,nosuid shared:1 - proc proc rw";
const cgroup = (at: string, options: string) => `30 22 0:26 / ${at} rw,nosuid shared:4 - cgroup2 cgroup2 ${options}`;

test("the option must be among those of the super block of cgroup v2", () => {
  const at = "/sys/fs/cgroup";
  assert.equal(delegatesNamespaces(`${PROC}\n${cgroup(at, "rw,nsdelegate,memory_recursiveprot")}\n`), true);
  assert.equal(delegatesNamespaces(`${PROC}\n${cgroup(at, "rw")}`), false);
  assert.equal(delegatesNamespaces(`${PROC}\n${cgroup(at, "rw,xnsdelegate")}`), false);
  assert.equal(delegatesNamespaces(cgroup(at, "rw,nsdelegate").replace("cgroup2 cgroup2", "cgroup cgroup")), false);
  assert.equal(delegatesNamespaces(cgroup(at, "rw").replace("rw,nosuid", "rw,nsdelegate")), false);
});

test("the first mount at one of the two usual places decides", () => {
  const [main, unified] = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];
  assert.equal(delegatesNamespaces(cgroup(unified, "rw,nsdelegate")), true);
  assert.equal(delegatesNamespaces(cgroup("/mnt/cgroup", "rw,nsdelegate")), false);
  assert.equal(delegatesNamespaces(`${cgroup(main, "rw")}\n${cgroup(unified, "rw,nsdelegate")}`), false);
  assert.equal(delegatesNamespaces(`${cgroup("/mnt", "rw")}\n${cgroup(unified, "rw,nsdelegate")}`), true);
});

test("there may be no optional fields or several, and escaped characters", () => {
  const line = cgroup("/sys/fs/cgroup", "rw,nsdelegate");
  assert.equal(delegatesNamespaces(line.replace("shared:4 ", "")), true);
  assert.equal(delegatesNamespaces(line.replace("shared:4", "shared:4 master:1")), true);
  assert.equal(delegatesNamespaces(line.replace("/cgroup ", "/c\\147roup ")), true);
});

test("lines of another form before the mount are an error, those behind it are not read", () => {
  const good = cgroup("/sys/fs/cgroup", "rw,nsdelegate");
  const wrong = (line: string, problem: RegExp) => {
    assert.throws(() => delegatesNamespaces(`${line}\n${good}`), { message: problem });
    assert.equal(delegatesNamespaces(`${good}\n${line}`), true);
  };
  wrong("", /^parsing '' failed: not enough fields \(1\)$/);
  wrong("a b c d e f g h i", /not enough fields \(9\)/);
  wrong("1 2 0:5 / /a rw x y z proc proc rw", /missing - separator/);
  wrong(PROC.replace("0:5", "0:5:6"), /unexpected major:minor pair/);
  wrong(PROC.replace("/proc ", "/\\09 "), /bad escape sequence/);
  assert.equal(delegatesNamespaces(""), false);
});

test("a file is read whole, also one of /proc; one that is too long, or not there, is refused", (t) => {
  const dir = mkdtempSync(join(tmpdir(), "nri-mountinfo-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const file = join(dir, "mountinfo");
  writeFileSync(file, "x".repeat(MAX_MOUNTINFO_BYTES));
  assert.equal(readMountinfo(file).length, MAX_MOUNTINFO_BYTES);
  writeFileSync(file, "x".repeat(MAX_MOUNTINFO_BYTES + 1));
  assert.throws(() => readMountinfo(file), { message: `${file} is longer than 4194304 bytes` });
  assert.throws(() => readMountinfo(join(dir, "none")), { code: "ENOENT" });
  assert.match(readMountinfo("/proc/self/mountinfo"), / - \w+/);
});
