// Who stands on which end: the programs by name, and how a side is written.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The sides that a row is measured with: the plugin's program, then the runtime's. `ts-go` = our plugin in the Go runtime. */
export const SIDES = ["go-go", "ts-go", "go-ts", "ts-ts"] as const;
/** One combination of a plugin's and a runtime's program, by their names. */
export type Side = `${string}-${string}`;

/** Our stand-ins for the Go programs. */
export const nri = fileURLToPath(new URL("../../packages/cli/bin/nri.js", import.meta.url));

/** Where the Go programs are. */
export interface GoPrograms {
  readonly refruntime: string;
  readonly refplugin: string;
}

/** Commands by name: `go`, `ts`, and what was given. */
export interface Programs {
  readonly plugin: ReadonlyMap<string, string>;
  readonly runtime: ReadonlyMap<string, string>;
  /** Takes the place of our plugin in the cases that are about the plugin as users start it. */
  readonly built?: string;
}

/** The Go programs, built when needed. */
export function goPrograms(): GoPrograms {
  const program = fileURLToPath(new URL("../../conformance/dist/peers/print-go-peers.js", import.meta.url));
  return JSON.parse(
    execFileSync(process.execPath, [program], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }),
  ) as GoPrograms;
}

/** All programs. `given` are texts `COMMAND`, which takes our place, or `NAME=COMMAND`, which stands beside or takes NAME's. */
export function programs(
  go: GoPrograms,
  given: { readonly plugin?: string | undefined; readonly runtime?: string | undefined },
): Programs {
  return {
    plugin: withGiven({ go: go.refplugin, ts: `${process.execPath} ${nri} plugin` }, given.plugin),
    runtime: withGiven({ go: go.refruntime, ts: `${process.execPath} ${nri} runtime` }, given.runtime),
  };
}

function withGiven(known: Readonly<Record<string, string>>, given: string | undefined): ReadonlyMap<string, string> {
  const all = new Map(Object.entries(known));
  if (given === undefined) return all;
  const [, name = "ts", command = ""] = /^(?:([a-z][a-z0-9]*)=)?(.*)$/s.exec(given.trim()) ?? [];
  if (command === "") throw new Error(`no command in "${given}": write COMMAND or NAME=COMMAND`);
  return all.set(name, command);
}

/** The sides of `--sides`. Throws for one whose program is unknown. */
export function readSides(text: string, { plugin, runtime }: Programs): readonly Side[] {
  return text.split(",").map((side) => {
    const [first = "", second = "", ...rest] = side.split("-");
    if (rest.length > 0 || !plugin.has(first) || !runtime.has(second))
      throw new Error(
        `no side "${side}": write PLUGIN-RUNTIME, plugins: ${[...plugin.keys()].join(", ")}; runtimes: ${[...runtime.keys()].join(", ")}`,
      );
    return side as Side;
  });
}

/** The names of a side's programs. */
export function namesOf(side: Side): { readonly plugin: string; readonly runtime: string } {
  const [plugin = "", runtime = ""] = side.split("-");
  return { plugin, runtime };
}
