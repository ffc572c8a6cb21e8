// The shipped wrapper: a shell script that asks the daemon by itself, with its settings at the top.
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { LIMITS } from "../limits.js";
import { LIFECYCLE } from "../runtime-call.js";
import { FLAVOURS } from "./flavour.js";
import type { Tools, WrapperSettings } from "./settings.js";

const BODY = new URL("../../shell/wrapper.sh", import.meta.url);
/** For what the script has no means for. */
const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));

/** The script, ready to be written. `node` is Node.js; empty where there is none: what needs it is refused then. */
export function wrapperScript(settings: WrapperSettings, tools: Tools, node: string): string {
  const flavour = FLAVOURS[settings.flavour];
  const lines: Record<string, string> = {
    engine: settings.engine,
    runtime: settings.runtime,
    flavour: settings.flavour,
    socket: settings.socketPath,
    folder: dirname(settings.socketPath),
    wait: String(settings.waitSeconds),
    answer_wait: String(settings.answerSeconds),
    ...Object.fromEntries(LIFECYCLE.map((verb) => [`when_down_${verb}`, settings.whenDown[verb]])),
    exempt_namespaces: settings.exemptNamespaces.join(" "),
    exempt_pod_namespaces: settings.exemptPodNamespaces.join(" "),
    max_spec_bytes: String(LIMITS.lease.maxSpecBytes),
    max_resources_bytes: String(LIMITS.lease.maxResourcesBytes),
    style: flavour.style,
    default_root: flavour.root,
    global_options: flavour.global,
    ...Object.fromEntries(LIFECYCLE.map((verb) => [`${verb}_options`, flavour.commands[verb]])),
    node,
    node_program: node === "" ? "" : PROGRAM,
    end_with_us: tools.setpriv === "" ? "" : `${tools.setpriv} --pdeathsig KILL`,
    ...Object.fromEntries(Object.entries(tools).filter(([name]) => name !== "setpriv")),
  };
  return [
    "#!/bin/sh",
    `# The OCI runtime ${settings.runtime} with NRI, for ${settings.engine}: create, start and update are told to the daemon first, run`,
    "# and restore by a program; every other command becomes the runtime at once.",
    "# Written by `nri oci install`: run it again for other settings.",
    "",
    ...Object.entries(lines).map(([name, value]) => `${name}=${quote(value)}`),
    "",
    readFileSync(BODY, "utf8"),
  ].join("\n");
}

/** A word of the shell. */
export function quote(word: string): string {
  return /^[\w./=:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
