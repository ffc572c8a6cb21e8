// Puts one plugin, of ours or in Go, under a runtime of either language and asks it about many containers.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import type { Language } from "../go-both-ways/sides.js";
import { startRuntime } from "../go-both-ways/start.js";
import { repositoryDir } from "../paths.js";
import { assertGoProcess, Child } from "../peers/child.js";
import type { GoPeers } from "../peers/go-peers.js";
import type { StepAnswer } from "../peers/refruntime.js";
import { TestFolder } from "../test-folder.js";
import type { Request } from "./annotations.js";
import { goProgram, texts } from "./go-lines.js";

/** What the start of a plugin may take on a busy machine. */
const START_MS = 30_000;

/** A plugin as a program. */
export interface PluginProgram {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The Go program that must be what runs then; ours are none. */
  readonly goProgram?: string;
}

/** Our sample plugin of that name. */
export function ours(name: string, ...args: string[]): PluginProgram {
  const program = join(repositoryDir, "plugins/dist", name, `${name}.js`);
  return { name, command: process.execPath, args: [program, ...args] };
}

/** The Go plugin of that name, from the folder that NRI_GO_PLUGINS names; undefined where it is not there. */
export function theirs(name: string, ...args: string[]): PluginProgram | undefined {
  const command = goProgram(name);
  return command === undefined ? undefined : { name, command, args, goProgram: command };
}

/**
 * Starts the plugin, with index 10, with a connection to the runtime as its descriptor 3, as runtimes start plugins: rdt has no flag for a
 * socket.
 */
export async function startConnected({ name, command, args }: PluginProgram, socketPath: string): Promise<Child> {
  const connection: Socket = connect({ path: socketPath });
  await once(connection, "connect");
  const env = { PATH: process.env.PATH, NRI_PLUGIN_NAME: name, NRI_PLUGIN_IDX: "10", NRI_PLUGIN_SOCKET: "3" };
  const child = new Child(command, args, { env, stdio: ["pipe", "pipe", "pipe", connection] });
  connection.destroy();
  return child;
}

/** What the runtime answered for each container, in order, or what the plugin said when it ended at its start. */
export type Played = { readonly answers: readonly StepAnswer[] } | { readonly ended: readonly string[] };

/** Plays all requests. Throws when the plugin ends in the middle of them. */
export async function playOrEnd(
  runtimeLanguage: Language,
  go: GoPeers,
  plugin: PluginProgram,
  requests: readonly Request[],
): Promise<Played> {
  using at = new TestFolder();
  await using runtime = await startRuntime(runtimeLanguage, go, {
    ...at,
    name: "engine",
    registrationTimeoutMs: START_MS,
  });
  await using child = await startConnected(plugin, at.socket);
  const says = (lines: readonly string[]): boolean => lines.some((text) => text.includes("Started plugin"));
  await child.until("its start", (_stdout, stderr) => says(stderr) || !child.running || undefined, START_MS);
  if (!says(child.stderr)) {
    await child.exited;
    return { ended: texts(child) };
  }
  await runtime.waitForPlugins(1);
  if (plugin.goProgram !== undefined) assertGoProcess(child.pid, plugin.goProgram);
  const answers: StepAnswer[] = [];
  for (const request of requests) {
    answers.push(await runtime.try("CreateContainer", request));
    if (!child.running)
      throw new Error(`${plugin.command} ended at ${JSON.stringify(request)}\n${child.stderr.slice(-15).join("\n")}`);
  }
  return { answers };
}

/** Plays all requests. Throws when the plugin ends. */
export async function play(...all: Parameters<typeof playOrEnd>): Promise<readonly StepAnswer[]> {
  const played = await playOrEnd(...all);
  if ("ended" in played) throw new Error(`the plugin ended: ${played.ended.join("\n")}`);
  return played.answers;
}
