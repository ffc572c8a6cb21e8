// What the bridge is measured with: nri serve with one plugin, runc itself, its wrapper, and the wrapper's Node.js program.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const nri = here("../../../packages/cli/bin/nri.js");
const READY_MS = 20_000;

/** Who is called. */
export const CALLED = ["runc", "script", "program"] as const;
/** One of them: runc, the wrapper as it is shipped, and the same through Node.js alone. */
export type Called = (typeof CALLED)[number];

/** Everything in a folder of its own, gone when disposed of. */
export class BridgeLab implements AsyncDisposable {
  /** Where the bridge is by default as well: in memory. */
  readonly dir = mkdtempSync("/dev/shm/nri-bench-");
  readonly root = join(this.dir, "root");
  readonly bundle = join(this.dir, "bundle");
  readonly #runc: string;
  #daemon: ChildProcess | undefined;

  constructor() {
    const found = execFileSync(process.execPath, [here("../../../conformance/dist/peers/print-runtime.js")]);
    const { runc, busybox } = JSON.parse(found.toString()) as { runc: string; busybox: string };
    this.#runc = runc;
    this.#makeBundle(busybox);
  }

  /** The program and its first words. */
  command(called: Called): readonly string[] {
    return called === "runc" ? [this.#runc] : [join(this.dir, called)];
  }

  /** Starts the daemon with a plugin that changes one variable, and installs the wrappers. */
  async start(): Promise<void> {
    const plugins = join(this.dir, "plugins");
    const socket = join(this.dir, "lease/lease.sock");
    mkdirSync(plugins);
    const build = ["build", here("plugin.js"), "--bundle", "-o", join(plugins, "10-bench")];
    execFileSync(process.execPath, [nri, ...build], { stdio: "ignore" });
    const config = join(this.dir, "bridge.toml");
    writeFileSync(config, this.#config(plugins, socket));
    this.#daemon = spawn(process.execPath, [nri, "serve", "--config", config], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(this.#daemon.stdout ?? this.#daemon, "data", { signal: AbortSignal.timeout(READY_MS) });
    const script = join(this.dir, "script");
    const install = ["oci", "install", "--engine", "oci", "--runtime", this.#runc, "--out", script, "--socket", socket];
    execFileSync(process.execPath, [nri, ...install], { stdio: "ignore" });
    const settings = ["--engine", "oci", "--runtime", this.#runc, "--flavour", "runc", "--socket", socket];
    const times = ["--wait", "5", "--answer-wait", "65", "--when-down", "refuse"];
    const program = [process.execPath, here("../../../packages/runtime/dist/wrapper/main.js"), ...settings, ...times];
    writeFileSync(join(this.dir, "program"), `#!/bin/sh\nexec ${program.join(" ")} -- "$@"\n`, { mode: 0o755 });
  }

  #config(plugins: string, socket: string): string {
    const path = (name: string) => JSON.stringify(join(this.dir, name));
    return `[plugins."io.containerd.nri.v1.nri"]
socket_path = ${path("nri.sock")}
plugin_path = ${JSON.stringify(plugins)}
plugin_config_path = ${path("conf")}
[bridge]
state_dir = ${path("state")}
lease_socket = ${JSON.stringify(socket)}
control_socket = ${path("control/control.sock")}
log_level = "error"
[domains.containerd]
enable = false
[domains.embedded]
runtime = ${JSON.stringify(this.#runc)}
root = ${JSON.stringify(this.root)}
`;
  }

  #makeBundle(busybox: string): void {
    mkdirSync(join(this.bundle, "rootfs/bin"), { recursive: true });
    copyFileSync(busybox, join(this.bundle, "rootfs/bin/busybox"));
    chmodSync(join(this.bundle, "rootfs/bin/busybox"), 0o755);
    for (const name of ["sleep", "true"]) symlinkSync("busybox", join(this.bundle, "rootfs/bin", name));
    execFileSync(this.#runc, ["spec"], { cwd: this.bundle });
    const file = join(this.bundle, "config.json");
    const spec = JSON.parse(execFileSync("cat", [file], { encoding: "utf8" })) as Record<
      string,
      Record<string, unknown>
    >;
    // Hard limits cannot be raised without CAP_SYS_RESOURCE.
    const { rlimits: _, ...own } = spec.process ?? {};
    const process = { ...own, terminal: false, args: ["sleep", "1000"] };
    writeFileSync(file, JSON.stringify({ ...spec, process }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#daemon?.exitCode === null) {
      this.#daemon.kill();
      await once(this.#daemon, "exit");
    }
    rmSync(this.dir, { recursive: true, force: true });
  }
}
