// docs/bridge.md from nothing to a plugin that acts, for each engine: its commands are run as they stand there, one section after the
// other, on a machine of a new user.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { peersDir, repositoryDir } from "../paths.js";
import { output } from "../peers/child.js";
import { skipUnless, use } from "../requirements.js";
import { section, shellBlocks } from "../shell-blocks.js";
import { TestFolder } from "../test-folder.js";
import { type Machine, machineFiles, startMachine } from "./machine.js";

const read = (path: string): string => readFileSync(join(repositoryDir, path), "utf8");
const page = read("docs/bridge.md");
const servicePage = read("docs/bridge-service.md");
const dockerfile = read("packaging/container/Dockerfile");
const files = await machineFiles();

describe("a new user's path", { skip: skipUnless(files), timeout: 1_200_000 }, () => {
  const folder = new TestFolder();
  let machine: Machine;

  before(async () => {
    const image = join(folder.dir, "busybox.tar");
    const busybox = join(use(files).dir, "unpacked/usr/bin/busybox");
    await output("sh", [join(peersDir, "make-busybox-image.sh"), image, busybox]);
    machine = await startMachine(use(files), image);
  });
  after(async () => {
    await machine?.[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  /** Runs the blocks of a section; each prints what the page says. */
  async function walk(heading: string, version?: string, of = page): Promise<void> {
    for (const { commands, prints } of shellBlocks(section(of, heading), version)) {
      const printed = await machine.run(commands, "own");
      if (prints !== undefined) assert.equal(lastLines(printed, prints), prints, commands);
    }
  }

  test("from Debian's docker.io to a container whose ulimits a plugin changed takes six commands", async (t) => {
    const [path, ...more] = shellBlocks(section(page, "Docker"));
    assert.ok(path !== undefined);
    const commands = path.commands.trim().split("\n");
    assert.ok(commands.length <= 6, `${commands.length} commands`);
    assert.ok(
      commands.every((line) => !/&&|;\s|\\$/.test(line.replace(/'[^']*'/g, ""))),
      "one command a line",
    );
    t.diagnostic(await machine.run("docker version --format 'dockerd {{.Server.Version}}'"));
    const before = await machine.run("docker run --rm busybox sh -c 'ulimit -n'");
    assert.notEqual(before, path.prints);
    const began = performance.now();
    const printed = await machine.run(path.commands);
    assert.equal(lastLines(printed, path.prints ?? ""), path.prints, printed);
    t.diagnostic(`${Math.round((performance.now() - began) / 1000)} s`);
    for (const { commands, prints } of more) {
      const text = await machine.run(commands);
      if (prints !== undefined) assert.equal(lastLines(text, prints), prints, commands);
    }
  });

  test("the page's commands for containerd print what it says", async () => {
    await machine.run("docker save busybox | ctr images import -");
    await walk("containerd");
  });

  test("the page's commands for podman print what it says", async (t) => {
    t.diagnostic(await machine.run("podman --version"));
    await machine.run("docker save busybox | podman load", "own");
    await walk("podman", "podman 4");
  });

  test("the page's commands for runc called by hand print what it says", async () => {
    await walk("runc by hand");
  });

  test("the bridge runs in a container, and the wrapper is written to the machine from there", async (t) => {
    const base = join(folder.dir, "base.tar");
    await output("sh", [join(repositoryDir, "conformance/running/base-image.sh"), base]);
    const there = machine.put(base);
    const names = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, name = ""]) => name);
    for (const name of names) await machine.run(`docker import ${there} ${name}`);
    // what the pages above have left
    await machine.run("kill $(npx nri info --json | node -p 'JSON.parse(require(\"fs\").readFileSync(0)).pid')");
    await machine.run("rm /usr/local/sbin/nri-* /etc/docker/daemon.json*");
    await walk("In a container", undefined, servicePage);
    const sizes = await machine.run("docker history --format '{{.Size}} {{.CreatedBy}}' nri-bridge");
    t.diagnostic(sizes.trim());
    assert.match(await machine.run("docker exec nri-bridge nri info"), /^daemon +process \d+/m);
    // an update that Docker's API cannot say is done by the machine's own runtime
    assert.match(await machine.run("docker exec nri-bridge runc --version"), /^runc version 1\.1\./);
    assert.match(await machine.run("cat /etc/docker/daemon.json"), /"default-runtime": "nri"/);
    // there is no Node.js that this wrapper knows of
    await assert.rejects(
      machine.run("/usr/local/sbin/nri-docker-runc update --memory 1g nobody"),
      /NRI: update refused: this needs Node\.js on the machine/,
    );
    await machine.run("docker rm -f nri-bridge");
  });
});

/** As many lines of the end as `like` has. */
function lastLines(text: string, like: string): string {
  return text.split("\n").slice(-like.split("\n").length).join("\n");
}
