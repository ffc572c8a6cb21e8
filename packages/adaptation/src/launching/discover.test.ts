// Which files of a directory are plugins, and which are passed over with a warning.
import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Compat } from "../merge/index.js";
import { discoverPlugins } from "./discover.js";
import type { LaunchSpec } from "./launch.js";

type Skipped = [level: string, text: string];

interface Found {
  readonly plugins: LaunchSpec[];
  readonly skipped: Skipped[];
}

async function withFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), "nri-discover-"));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function program(path: string, mode = 0o755): Promise<void> {
  await writeFile(path, "#!/bin/sh\n");
  await chmod(path, mode);
}

async function discover(pluginDir: string, compat: Compat = "default", pluginConfigDir?: string): Promise<Found> {
  const skipped: Skipped[] = [];
  const plugins = await discoverPlugins({
    pluginDir,
    pluginConfigDir,
    compat,
    maxConfigBytes: 100,
    skipped: (level, text) => skipped.push([level, text.replaceAll(pluginDir, "DIR")]),
  });
  return { plugins, skipped };
}

const names = ({ plugins }: Found): string[] => plugins.map(({ index, name }) => `${index}-${name}`);

test("a missing directory holds no plugins", async () => {
  await withFolder(async (dir) => {
    assert.deepEqual(await discover(join(dir, "none")), { plugins: [], skipped: [] });
  });
});

test("something else than a directory fails with its path", async () => {
  await withFolder(async (dir) => {
    await writeFile(join(dir, "file"), "");
    await assert.rejects(discover(join(dir, "file")), {
      code: "discovery-failed",
      message: new RegExp(`^failed to discover plugins in ${join(dir, "file")}: ENOTDIR`),
    });
  });
});

test("executable files are plugins, in byte order; directories and files without an execute bit are not", async () => {
  await withFolder(async (dir) => {
    for (const name of ["20-b", "10-z", "10-B", "10-a-b.c", "10-\u00e9"]) {
      await program(join(dir, name));
    }
    await program(join(dir, "30-others"), 0o601);
    await program(join(dir, "40-data"), 0o644);
    await mkdir(join(dir, "50-dir"), { mode: 0o755 });
    await writeFile(join(dir, "README"), "no plugin");
    const found = await discover(dir);
    assert.deepEqual(names(found), ["10-B", "10-a-b.c", "10-z", "10-\u00e9", "20-b", "30-others"]);
    assert.deepEqual(found.skipped, []);
    assert.equal(found.plugins[0]?.command, join(dir, "10-B"));
  });
});

test("links are plugins by their own name; those that lead to no program are skipped with a warning", async () => {
  await withFolder(async (dir) => {
    const plugins = join(dir, "plugins");
    await mkdir(plugins);
    await program(join(dir, "any name"));
    await writeFile(join(dir, "data"), "");
    await symlink(join(dir, "any name"), join(plugins, "10-linked"));
    await symlink("10-linked", join(plugins, "20-twice"));
    await symlink(join(dir, "nowhere"), join(plugins, "30-dangling"));
    await symlink("40-loop", join(plugins, "40-loop"));
    await symlink(dir, join(plugins, "50-folder"));
    await symlink(join(dir, "data"), join(plugins, "60-data"));
    const found = await discover(plugins);
    assert.deepEqual(names(found), ["10-linked", "20-twice"]);
    assert.deepEqual(found.skipped, [
      ["warn", "skipping DIR/30-dangling: the symbolic link leads nowhere"],
      ["warn", "skipping DIR/40-loop: the symbolic link is a loop"],
      ["warn", "skipping DIR/50-folder: the symbolic link leads to a directory"],
      ["warn", "skipping DIR/60-data: the symbolic link leads to no executable file"],
    ]);
    // The reference does not look through links; the bad ones fail when they are started.
    assert.equal((await discover(plugins, "reference")).plugins.length, 6);
  });
});

test("an executable with a bad name is skipped with an error, and fails the start with compat reference", async () => {
  await withFolder(async (dir) => {
    for (const name of ["10-good", "install.sh", "1-short", "xx-letters", "20-"]) {
      await program(join(dir, name));
    }
    const found = await discover(dir);
    assert.deepEqual(names(found), ["10-good"]);
    assert.deepEqual(found.skipped, [
      ["error", 'skipping DIR/1-short: invalid plugin index "1", must be 2 digits'],
      ["error", 'skipping DIR/20-: invalid plugin name "20-", idx-pluginname expected'],
      ["error", 'skipping DIR/install.sh: invalid plugin name "install.sh", idx-pluginname expected'],
      ["error", 'skipping DIR/xx-letters: invalid plugin index "xx" (not [0-9][0-9])'],
    ]);
    await assert.rejects(discover(dir, "reference"), {
      code: "discovery-failed",
      message: `failed to discover plugins in ${dir}: invalid plugin index "1", must be 2 digits`,
    });
  });
});

test("with compat reference nothing but the index of a name is checked, and what is no file counts as a plugin", async () => {
  await withFolder(async (dir) => {
    await program(join(dir, "20-"));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(dir, "30-socket"), resolve));
    await chmod(join(dir, "30-socket"), 0o755);
    assert.deepEqual(names(await discover(dir)), []);
    assert.deepEqual(names(await discover(dir, "reference")), ["20-", "30-socket"]);
    server.close();
  });
});

test("the configuration named after index and name wins over the one named after the name; none is empty", async () => {
  await withFolder(async (dir) => {
    const config = join(dir, "conf");
    await mkdir(config);
    for (const name of ["10-both", "20-name", "30-none"]) {
      await program(join(dir, name));
    }
    await writeFile(join(config, "10-both.conf"), "a: 1\n");
    await writeFile(join(config, "both.conf"), "b: 2\n");
    await writeFile(join(config, "name.conf"), "\ufeffc: 3\n");
    const { plugins } = await discover(dir, "default", config);
    assert.deepEqual(
      plugins.map((plugin) => plugin.config),
      ["a: 1\n", "\ufeffc: 3\n", ""],
    );
  });
});

test("a configuration that cannot be read, is too long or no text fails with plugin and file", async () => {
  for (const [prepare, why] of [
    [(path: string) => mkdir(path), /no regular file$/],
    [(path: string) => writeFile(path, "x".repeat(101)), /101 bytes, more than the maximum of 100/],
    [(path: string) => writeFile(path, Buffer.from([0xff])), /not valid/],
  ] as const) {
    await withFolder(async (dir) => {
      const config = join(dir, "conf");
      await mkdir(config);
      await program(join(dir, "10-foo"));
      await prepare(join(config, "foo.conf"));
      await assert.rejects(discover(dir, "default", config), (error: Error & { code?: string; plugin?: string }) => {
        assert.equal(error.code, "config-unreadable");
        assert.equal(error.plugin, "10-foo");
        assert.ok(error.message.startsWith('failed to read configuration for plugin "10-foo": '));
        assert.ok(error.message.includes(join(config, "foo.conf")));
        assert.match(error.message, why);
        return true;
      });
    });
  }
});
