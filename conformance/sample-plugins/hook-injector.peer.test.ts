// Our hook-injector and the Go one with the same hook directories and containers: the same hooks, the same refusals to start.
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { Chance } from "../diff/chance.js";
import { goPeers } from "../peers/go-peers.js";
import type { JsonValue } from "../peers/json.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { containerForHooks, type Directory, hookDirectory } from "./hook-files.js";
import { hooksOutcome, type Outcome } from "./outcomes.js";
import { ours, type Played, type PluginProgram, playOrEnd, theirs } from "./play.js";
import { drawnFrom, recordedOutcomes } from "./recorded-outcomes.js";

const go = await goPeers();
const { count, seed, kept } = drawnFrom({ count: 32, seed: 1 });
const CONTAINERS = 8;
/** Where the Go plugin looks; a mount namespace puts others there. */
const GO_DIRECTORIES = ["/usr/share/containers/oci/hooks.d", "/etc/containers/oci/hooks.d"];

interface Case {
  readonly directories: readonly [Directory, Directory];
  readonly requests: readonly ReturnType<typeof containerForHooks>[];
}

const chance = new Chance(seed, 10);
const CASES = Array.from({ length: count }, (): Case => {
  const wrong = chance.rarely(2);
  return {
    directories: [hookDirectory(chance, wrong), hookDirectory(chance, wrong)],
    requests: chance.times(CONTAINERS, CONTAINERS, () => containerForHooks(chance)),
  };
});

/** The Go plugin with other directories in the place of its own, which must exist. */
function goPlugin(directories: readonly string[]): PluginProgram | undefined {
  const program = theirs("hook-injector");
  if (program === undefined) return undefined;
  const mounts = GO_DIRECTORIES.map((target, index) => `mount --bind "${directories[index]}" "${target}"`);
  const script = `${mounts.join(" && ")} && exec "$0" -disableWatch`;
  return { ...program, command: "unshare", args: ["-m", "sh", "-c", script, program.command] };
}

async function outcomes(
  make: (directories: readonly string[]) => PluginProgram | undefined,
  { directories, requests }: Case,
): Promise<Outcome[] | undefined> {
  using folder = new TestFolder();
  const names = directories.map((files, index) => {
    const directory = join(folder.dir, String(index));
    mkdirSync(directory);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    return directory;
  });
  const plugin = make(names);
  if (plugin === undefined) return undefined;
  const played: Played = await playOrEnd("go", use(go), plugin, requests);
  return hooksOutcome(played, plugin.goProgram ? GO_DIRECTORIES : names);
}

test("hook-injector and the Go plugin give equal hooks and errors for generated directories and containers", {
  skip: skipUnless(go),
}, async (t) => {
  const live = goPlugin([]) !== undefined;
  const made = live ? GO_DIRECTORIES.map((directory) => mkdirSync(directory, { recursive: true })) : [];
  t.after(() => {
    for (const directory of made) if (directory !== undefined) rmSync(directory, { recursive: true });
  });
  const found: Outcome[][] = [];
  const fresh: Outcome[][] = [];
  for (const one of CASES) {
    found.push(
      (await outcomes((names) => ours("hook-injector", "-disableWatch", "-dirs", names.join(":")), one)) ?? [],
    );
    if (live) fresh.push((await outcomes(goPlugin, one)) ?? []);
  }
  const inputs = CASES as unknown as JsonValue[];
  const expected = recordedOutcomes("hook-injector", inputs, live ? fresh : undefined, kept);
  for (const [at, one] of CASES.entries()) {
    assert.deepEqual(found[at], expected[at], JSON.stringify(one.directories, null, 1));
  }
  const ended = expected.filter((all) => all.length === 1).length;
  t.diagnostic(`${count} pairs of directories with ${CONTAINERS} containers each, ${ended} refused at the start`);
  assert.ok(ended > count / 10 && ended < count / 2);
});
