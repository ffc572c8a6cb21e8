// The two implementations: which programs they are, and how one is built against another release of the reference.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { goPeers, NEWEST, newestGoPeers } from "../peers/go-peers.js";
import { type Availability, available, use } from "../requirements.js";
import type { Mutation } from "./mutate.js";

/** A command: program and first arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** One implementation of both ends. */
export interface Side {
  readonly name: string;
  readonly runtime: Command;
  readonly plugin: Command;
  readonly environment?: NodeJS.ProcessEnv;
}

/** The release that conformance/go/go.mod names, and the newest one, that of newest.mod. */
export const RELEASES = ["v0.12.2", NEWEST] as const;
export type Release = (typeof RELEASES)[number];

/** The reference. */
export async function goSide(release: Release = "v0.12.2"): Promise<Availability<Side>> {
  const peers = await goPeers();
  return await available("Go peers", async () => {
    const { refruntime, refplugin } = release === "v0.12.2" ? use(peers) : use(await newestGoPeers());
    for (const file of [refruntime, refplugin]) {
      // the linker writes the modules a program is made of into it
      if (!readFileSync(file).includes(`github.com/containerd/nri\t${release}`)) {
        throw new Error(`${file} is not linked with containerd/nri ${release}`);
      }
    }
    return { name: "go", runtime: [refruntime], plugin: [refplugin] };
  });
}

const CLI = fileURLToPath(new URL("../bin/nri.js", import.meta.resolve("@nri/cli")));

/** Ours. */
export function ourSide(compat: "reference" | "default"): Side {
  return {
    name: "ours",
    runtime: [process.execPath, CLI, "runtime", "--compat", compat],
    plugin: [process.execPath, CLI, "plugin"],
  };
}

/** Ours with one rule broken in the runtime. */
export function changedSide(mutation: Mutation): Side {
  const ours = ourSide("reference");
  const [node, ...args] = ours.runtime;
  return {
    ...ours,
    runtime: [node, "--import", import.meta.resolve("./mutate.js"), ...args],
    environment: { NRI_MUTATION: JSON.stringify(mutation) },
  };
}
