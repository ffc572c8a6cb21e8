// The socket for external plugins: modes, dead and live ones.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Listener, listen } from "./listen.js";

async function withFolder(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "nri-listen-"));
  try {
    await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function listenAt(path: string): Promise<Listener> {
  return listen(
    path,
    (socket) => socket.destroy(),
    (error) => assert.fail(error),
  );
}

async function mode(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

test("missing directories are made for the owner alone, the socket too; existing ones stay as they are", async () => {
  await withFolder(async (dir) => {
    await chmod(dir, 0o755);
    const umask = process.umask();
    const listener = await listenAt(join(dir, "a", "b", "nri.sock"));
    assert.equal(process.umask(), umask);
    assert.deepEqual(
      [await mode(dir), await mode(join(dir, "a")), await mode(join(dir, "a", "b"))],
      [0o755, 0o700, 0o700],
    );
    assert.equal(await mode(listener.path), 0o600);
    await listener.close();
    await listener.close();
    assert.equal(existsSync(listener.path), false);
  });
});

test("a socket nobody listens on is replaced", async () => {
  await withFolder(async (dir) => {
    const path = join(dir, "nri.sock");
    // A process that is killed leaves its socket behind.
    const script = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
    spawnSync(process.execPath, ["-e", script]);
    assert.ok(existsSync(path));
    const listener = await listenAt(path);
    await new Promise<void>((resolve, reject) => {
      connect(path)
        .once("connect", resolve)
        .once("error", reject)
        .on("error", () => undefined);
    });
    await listener.close();
  });
});

test("a socket that somebody listens on is left alone", async () => {
  await withFolder(async (dir) => {
    const path = join(dir, "nri.sock");
    const first = await listenAt(path);
    await assert.rejects(listenAt(path), {
      code: "socket-in-use",
      message: `failed to create socket "${path}": another process is listening on it`,
    });
    assert.ok(existsSync(path));
    await first.close();
  });
});

test("a file that is no socket is refused and kept", async () => {
  await withFolder(async (dir) => {
    const path = join(dir, "precious");
    await writeFile(path, "data");
    await assert.rejects(listenAt(path), { code: "not-a-socket" });
    assert.equal(await readFile(path, "utf8"), "data");
    await mkdir(join(dir, "folder"));
    await assert.rejects(listenAt(join(dir, "folder")), { code: "not-a-socket" });
    await symlink("nowhere", join(dir, "link"));
    await assert.rejects(listenAt(join(dir, "link")), { code: "not-a-socket" });
  });
});

test("a path that is too long for a socket is refused with both lengths", async () => {
  await withFolder(async (dir) => {
    const longest = join(dir, "x".repeat(107 - dir.length - 1));
    await (await listenAt(longest)).close();
    await assert.rejects(listenAt(`${longest}x`), {
      code: "socket-path-too-long",
      message: `failed to create socket "${longest}x": the path has 108 bytes, a socket's path at most 107`,
    });
  });
});

test("a directory that cannot be made fails with the path", async () => {
  await withFolder(async (dir) => {
    await writeFile(join(dir, "file"), "");
    const path = join(dir, "file", "nri.sock");
    await assert.rejects(listenAt(path), (error: Error & { code?: string }) => {
      assert.equal(error.code, "socket-failed");
      assert.ok(error.message.startsWith(`failed to create socket "${path}": `));
      return true;
    });
  });
});
