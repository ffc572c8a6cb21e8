// docs/containerd.md walked through as a reader would: its shell commands are run in their order in one shell, and what
// it says they print is what they print.
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { repositoryDir } from "../paths.js";
import { output } from "../peers/child.js";
import { CONTAINERD_LINES, type ContainerdLine, containerdFiles, startContainerd } from "../peers/containerd.js";
import { skipUnless, use } from "../requirements.js";
import { shellBlocks } from "../shell-blocks.js";

for (const line of Object.keys(CONTAINERD_LINES) as ContainerdLine[]) {
  const files = await containerdFiles(line);

  test(`docs/containerd.md holds in containerd ${line}`, { skip: skipUnless(files), timeout: 120_000 }, async (t) => {
    const page = shellBlocks(readFileSync(join(repositoryDir, "docs/containerd.md"), "utf8"));
    assert.ok(
      page.length >= 5 && page.filter(({ prints }) => prints !== undefined).length >= 2,
      "the page has its commands",
    );
    await using containerd = await startContainerd(use(files));
    t.diagnostic(`containerd ${containerd.version}`);
    await containerd.ctr("images", "tag", "localhost/peers/busybox:1", "docker.io/library/busybox:latest");

    const dir = mkdtempSync(join(tmpdir(), "nri-docs-"));
    try {
      // the folder of the clone, in which files may be written without touching it
      for (const name of ["plugins", "packages", "node_modules"])
        symlinkSync(join(repositoryDir, name), join(dir, name));
      const crictl = join(dir, "crictl");
      writeFileSync(
        crictl,
        `#!/bin/sh\nexec "${process.execPath}" "${fileURLToPath(new URL("crictl.js", import.meta.url))}" "$@"\n`,
      );
      chmodSync(crictl, 0o755);
      const script = page.map(
        ({ commands }, index) =>
          // the places that are other ones in a test
          `exec >${dir}/printed.${index}\n${commands
            .replaceAll("/var/run/nri/nri.sock", containerd.nriSocket)
            .replaceAll("/run/containerd/containerd.sock", containerd.socket)}`,
      );
      for (const place of [containerd.nriSocket, containerd.socket]) assert.ok(script.join("").includes(place));
      await output("bash", ["-eu", "-c", `set -m\n${script.join("\n")}`], {
        cwd: dir,
        env: { ...process.env, PATH: `${dir}:${process.env.PATH}` },
      });
      for (const [index, { prints }] of page.entries()) {
        const file = join(dir, `printed.${index}`);
        assert.ok(existsSync(file));
        if (prints !== undefined) assert.equal(readFileSync(file, "utf8"), prints);
      }
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
}
