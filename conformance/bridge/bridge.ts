// The bridge as users run it: the wrapper written by `nri oci install`, and `nri serve` with a configuration, sockets and
// state of its own in a folder that ends with the test.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { nriProgram } from "../paths.js";
import { Child, output } from "../peers/child.js";
import { type FactPlace, preparePlace } from "./fact-place.js";

const READY_TIMEOUT_MS = 30_000;
const END_TIMEOUT_MS = 30_000;

/** What a bridge is made with. */
export interface BridgeSettings {
  /** The real OCI runtime. */
  readonly runtime: string;
  /** The engine that the wrapper is for. */
  readonly engine: "containerd" | "docker" | "podman" | "oci";
  /** Further lines of its configuration: of its NRI table, of the engine's domain, and at the end, of `[domains.embedded]`. */
  readonly nri?: string;
  readonly domain?: string;
  readonly config?: string;
  /** Further options of `nri oci install`. */
  readonly install?: readonly string[];
}

/** A bridge whose wrapper is there, and whose daemon runs from `serve` on. */
export interface TestBridge extends AsyncDisposable {
  /** Its folder. */
  readonly dir: string;
  /** The OCI runtime for an engine. */
  readonly wrapper: string;
  readonly nriSocket: string;
  readonly leaseSocket: string;
  readonly place: FactPlace;
  /** Starts the daemon, for the engine at this address if there is one. */
  serve(address?: string): Promise<void>;
  /** Ends the daemon in order and starts it again. */
  restart(): Promise<void>;
  /** Ends it in order. */
  end(): Promise<void>;
  /** Kills it. */
  kill(): Promise<void>;
  /** Writes these lines of its NRI table instead, and tells it to read its configuration again. */
  reload(nri: string): void;
  /** What it has printed, of all its lives. */
  log(): string;
}

/** Writes the wrapper and the configuration. */
export async function makeBridge(settings: BridgeSettings): Promise<TestBridge> {
  // a short name: socket paths are limited to 107 bytes
  const dir = mkdtempSync(join(tmpdir(), "nri-brg-"));
  const place = preparePlace(dir);
  const wrapper = join(dir, "wrapper");
  const leaseSocket = join(dir, "lease/lease.sock");
  const nriSocket = join(dir, "nri.sock");
  const config = join(dir, "bridge.toml");
  const { engine, runtime, install = [] } = settings;
  await output(nriProgram, [
    ...["oci", "install", "--engine", engine, "--runtime", runtime, "--out", wrapper, "--socket", leaseSocket],
    ...install,
  ]);
  const lives: Child[] = [];
  let address: string | undefined;
  const serve = async (): Promise<void> => {
    writeFileSync(config, configuration(dir, address, settings));
    const daemon = new Child(nriProgram, ["serve", "--config", config]);
    lives.push(daemon);
    await daemon.until("its ready line", (lines) => lines.find(isReady), READY_TIMEOUT_MS);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const daemon = lives.at(-1);
    if (daemon === undefined || !daemon.running) return;
    daemon.kill(signal);
    const timer = setTimeout(() => daemon.kill("SIGKILL"), END_TIMEOUT_MS);
    await daemon.exited;
    clearTimeout(timer);
  };
  return {
    dir,
    wrapper,
    nriSocket,
    leaseSocket,
    place,
    serve: async (given) => {
      address = given;
      await serve();
    },
    restart: async () => {
      await end("SIGTERM");
      await serve();
    },
    end: async () => await end("SIGTERM"),
    reload: (nri) => {
      writeFileSync(config, configuration(dir, address, { ...settings, nri }));
      lives.at(-1)?.kill("SIGHUP");
    },
    kill: async () => await end("SIGKILL"),
    log: () => lives.flatMap(({ stdout, stderr }) => [...stdout, ...stderr]).join("\n"),
    [Symbol.asyncDispose]: async () => {
      await end("SIGTERM");
      place[Symbol.dispose]();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function configuration(dir: string, address: string | undefined, settings: BridgeSettings): string {
  const { engine, runtime, nri = "", domain: more = "", config = "" } = settings;
  return `
[plugins."io.containerd.nri.v1.nri"]
socket_path = "${dir}/nri.sock"
plugin_path = "${dir}/plugins"
plugin_config_path = "${dir}/conf.d"
${nri}
[bridge]
state_dir = "${dir}/state"
lease_socket = "${dir}/lease/lease.sock"
control_socket = "${dir}/control/control.sock"
cdi_spec_dirs = ["${dir}/cdi"]
blockio_config_file = "${dir}/blockio.yaml"
${ENGINES.map(
  (name) => domain(name, name === engine ? address : undefined, runtime) + (name === engine ? `${more}\n` : ""),
).join("")}
[domains.embedded]
enable = true
${config}`;
}

const ENGINES = ["containerd", "docker", "podman"] as const;

/** Where each of them says more than its address. */
const MORE: Readonly<Record<(typeof ENGINES)[number], (folder: string) => string>> = {
  containerd: (folder) => `nri_socket = "${folder}/nri.sock"\n`,
  docker: () => "",
  podman: (folder) => `exit_dir = "${folder}/tmp/exits"\nprogram = "${folder}/podman"\n`,
};

function domain(name: (typeof ENGINES)[number], address: string | undefined, runtime: string): string {
  // an engine of the machine is none of ours
  if (address === undefined) return `[domains.${name}]\nenable = false\nruntime = "${runtime}"\n`;
  const more = MORE[name](dirname(address));
  return `[domains.${name}]\naddress = "${address}"\n${more}runtime = "${runtime}"\n`;
}

function isReady(line: string): boolean {
  try {
    return (JSON.parse(line) as { ready?: boolean }).ready === true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
