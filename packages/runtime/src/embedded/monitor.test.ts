// Each program that can wait for containers: `create` is a shell that leaves a process behind, as a runtime does.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { findProgram } from "../oci/find-program.js";
import { exitCode, findMonitor, monitored } from "./monitor.js";

const folder = mkdtempSync(join(tmpdir(), "nri-monitor-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const PATH = process.env.PATH ?? "";
const find = (name: string) => findProgram(name, PATH);

for (const name of ["perl", "python3"]) {
  const skip = process.platform === "linux" && find(name) !== undefined ? false : `needs ${name} on Linux`;
  for (const [how, script, code] of [
    ["by itself", "exit 7", 7],
    ["by a signal", "kill -KILL $$", 137],
  ] as const) {
    test(`${name} learns the exit code of a process that has ended ${how}, and hands on what it writes`, {
      skip,
    }, async () => {
      const monitor = findMonitor((wanted) => (wanted === name ? find(name) : undefined));
      assert.ok(typeof monitor !== "string");
      const pidFile = join(folder, `${name}-${code}`);
      // The one that is left is not the child of whoever waits.
      const create = `sh -c 'echo here; for n in 3 4 5 6 7 8 9; do [ ! -e /proc/$$/fd/$n ] || echo leaked $n; done; sleep 0.2; ${script}' & echo $! > ${pidFile}; exit 3`;
      const { created, ended, stdout } = monitored(monitor, [find("sh") ?? "", "-c", create], PATH, folder);
      let text = "";
      stdout.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      assert.equal(await created, 3);
      const status = await ended(Number(readFileSync(pidFile, "utf8")));
      assert.equal(exitCode(status), code);
      assert.equal(text, "here\n", "and no descriptor of ours is in it");
    });
  }
}

test("without a program that can wait it is said which are meant", () => {
  assert.equal(
    findMonitor(() => undefined),
    "exit codes of containers are learnt by perl or python3, and neither is in PATH",
  );
});
