// What plugins ask for is in the containers of `nri run`, with runc and with crun: the same facts as behind an engine.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";
import { type AdjustmentBuilder, definePlugin, silentLogger } from "@nri/plugin";
import type { Container } from "@nri/protocol";
import { nriProgram } from "../paths.js";
import { Child, output } from "../peers/child.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { isListening, until } from "../waits.js";
import { bundle } from "./bundle.js";
import { checkFacts } from "./check-facts.js";
import { type FactContainer, preparePlace } from "./fact-place.js";
import { busyboxFolder, RUNTIMES, runPeers } from "./run-place.js";

const folder = new TestFolder();
after(() => folder[Symbol.dispose]());
const peers = await runPeers(folder.dir);
const rootfs = "here" in peers ? await busyboxFolder(peers.here, folder.dir) : "";

// An /etc of its own, with our CDI files; and no folder of cgroup v2, which crun refuses beside version 1.
const OWN_PLACE = `d=$1; shift
! mountpoint -q /sys/fs/cgroup/unified || umount /sys/fs/cgroup/unified
mkdir -p "$d/etc"; mount -t tmpfs none "$d/etc"; cp -a /etc/. "$d/etc"; mkdir -p "$d/etc/cdi"
mount --bind "$d/cdi" "$d/etc/cdi"; mount --rbind "$d/etc" /etc; exec "$@"`;

for (const runtime of RUNTIMES) {
  test(`${runtime} with nri run: what plugins ask for is there`, { skip: skipUnless(peers) }, async (t) => {
    const { bin } = use(peers);
    using own = new TestFolder();
    using place = preparePlace(own.dir);
    const open: AsyncDisposable[] = [];
    const run = async (name: string, adjust: AdjustmentBuilder): Promise<FactContainer> => {
      const socket = join(own.dir, `${name}.sock`);
      const command = [
        process.execPath,
        nriProgram,
        "run",
        bundle(own.dir, name, rootfs),
        "--runtime",
        join(bin, runtime),
      ];
      const options = ["--socket", socket, "--wait", "1"];
      const words = ["-m", "--propagation", "private", "sh", "-ec", OWN_PLACE, "sh", own.dir, ...command, ...options];
      const child = new Child("unshare", words);
      open.unshift(child);
      const soon = <T>(what: string, find: () => T | undefined | false): Promise<T> =>
        until(what, () => {
          if (!child.running) throw new Error(`nri run has ended: ${[...child.stderr, ...child.stdout].join("\n")}`);
          return find();
        });
      await soon("the socket of nri run", () => isListening(socket));
      let started: Container | undefined;
      const session = await definePlugin({
        createContainer: () => ({ adjust }),
        postStartContainer: ({ container }) => {
          started = container;
        },
      }).start({ socketPath: socket, index: "10", name: "facts", environment: {}, log: silentLogger });
      open.unshift(session);
      const { id, pid } = await soon("the start of the container", () => started);
      const call = async (...args: string[]) =>
        await output("nsenter", ["-t", String(child.pid), "-m", join(bin, runtime), "--root", rootOf(id), ...args]);
      const { bundle: given } = JSON.parse(await call("state", id)) as { bundle: string };
      return { id, pid, bundle: given, sh: async (text) => await call("exec", id, "sh", "-c", text) };
    };
    try {
      // nri run has no file of block I/O classes
      await checkFacts(t, place, run, ["classes of block I/O"]);
    } finally {
      for (const one of open) await one[Symbol.asyncDispose]();
    }
  });
}

/** Where the run of this container has its runtime keep what it knows. */
function rootOf(id: string): string {
  const root = readdirSync("/run/nri-run")
    .map((one) => join("/run/nri-run", one, "runtime"))
    .find((one) => existsSync(join(one, id)));
  if (root === undefined) throw new Error(`no run has container ${id}`);
  return root;
}
