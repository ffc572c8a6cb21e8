// A wrapper around an OCI runtime with a daemon that only answers, for tests: what is asked, what is answered, what comes of it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Answer,
  installWrapper,
  type Lease,
  type LeaseLimits,
  type LeaseServer,
  listenForLeases,
  lookAtRuntime,
  type RuntimeResult,
  WHEN_DOWN,
  type WrapperSettings,
} from "@nri/runtime";

/** One call that the daemon was asked about. */
export interface Asked {
  readonly lease: Lease;
  /** What came of it, once it is over; undefined when nothing is known. */
  result?: RuntimeResult | undefined;
  over: boolean;
}

/** How a program ended, and what it wrote. */
export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** What a bundle is made with. */
export interface BundleOptions {
  readonly args?: readonly string[];
  readonly terminal?: boolean;
  readonly memory?: number;
}

/** How a program is called. */
export interface CallOptions {
  readonly stdin?: string;
  /** Descriptors from 3 on: /dev/null, opened. */
  readonly descriptors?: readonly number[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder with everything: daemon, wrappers, bundles. */
export class WrappedLab implements AsyncDisposable {
  readonly dir = mkdtempSync(join(tmpdir(), "nri-wrap-"));
  readonly root = join(this.dir, "root");
  readonly folder = join(this.dir, "lease");
  readonly socketPath = join(this.folder, "lease.sock");
  readonly asked: Asked[] = [];
  readonly log: string[] = [];
  /** What calls are answered; the lease's own signal tells when its wrapper goes. */
  answer: (lease: Lease) => Answer | Promise<Answer> = () => ({ kind: "follow" });
  #server: LeaseServer | undefined;
  #bundles = 0;

  readonly runtime: string;

  /** `runtime` is its path, or makes one in the lab's folder. */
  constructor(
    runtime: string | ((dir: string) => string),
    readonly busybox?: string,
  ) {
    this.runtime = typeof runtime === "string" ? runtime : runtime(this.dir);
  }

  /** Begins to answer. */
  async open(limits?: Partial<LeaseLimits>): Promise<void> {
    const write = (text: string) => this.log.push(text);
    const log = { debug: write, info: write, warn: write, error: write };
    const handler = async (lease: Lease): Promise<void> => {
      const asked: Asked = { lease, over: false };
      this.asked.push(asked);
      asked.result = await lease.answer(await this.answer(lease));
      asked.over = true;
    };
    this.#server = await listenForLeases({ socketPath: this.socketPath, handler, log, limits });
  }

  /** Ends to answer. */
  async close(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }

  /** Installs a wrapper and gives its path. */
  async wrapper(settings: Partial<WrapperSettings> = {}, name = "wrapper"): Promise<string> {
    const out = join(this.dir, name);
    const { flavour } = await lookAtRuntime(this.runtime);
    await installWrapper(out, {
      engine: "containerd",
      runtime: this.runtime,
      flavour,
      socketPath: this.socketPath,
      waitSeconds: 1,
      answerSeconds: 20,
      whenDown: WHEN_DOWN,
      exemptNamespaces: [],
      exemptPodNamespaces: [],
      ...settings,
    });
    return out;
  }

  /** A bundle with busybox in it, as `runc spec` makes it but for what the tests' machines cannot have. */
  bundle(options: BundleOptions = {}): string {
    const dir = join(this.dir, `bundle-${this.#bundles++}`);
    mkdirSync(join(dir, "rootfs/bin"), { recursive: true });
    for (const name of ["proc", "dev"]) mkdirSync(join(dir, "rootfs", name));
    if (this.busybox !== undefined) {
      copyFileSync(this.busybox, join(dir, "rootfs/bin/busybox"));
      chmodSync(join(dir, "rootfs/bin/busybox"), 0o755);
      for (const name of ["sh", "sleep", "ls", "env", "cat"]) symlinkSync("busybox", join(dir, "rootfs/bin", name));
    }
    const spec = {
      ociVersion: "1.0.2",
      process: {
        terminal: options.terminal ?? false,
        user: { uid: 0, gid: 0 },
        args: options.args ?? ["sleep", "60"],
        env: ["PATH=/bin"],
        cwd: "/",
      },
      root: { path: "rootfs" },
      hostname: "wrapped",
      mounts: [
        { destination: "/proc", type: "proc", source: "proc" },
        { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755"] },
        { destination: "/dev/pts", type: "devpts", source: "devpts", options: ["newinstance", "ptmxmode=0666"] },
      ],
      linux: {
        cgroupsPath: `/nri-wrapped-${process.pid}-${this.#bundles}`,
        namespaces: ["pid", "ipc", "uts", "mount"].map((type) => ({ type })),
        ...(options.memory === undefined ? {} : { resources: { memory: { limit: options.memory } } }),
      },
    };
    writeFileSync(join(dir, "config.json"), JSON.stringify(spec));
    return dir;
  }

  /** Begins to run a program. */
  start(command: string, args: readonly string[], options: CallOptions = {}): ChildProcess {
    const { descriptors = [] } = options;
    const nothing = openSync("/dev/null", "r");
    const stdio: ("pipe" | "ignore" | number)[] = [options.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"];
    for (let fd = 3; fd <= Math.max(2, ...descriptors); fd++) stdio.push(descriptors.includes(fd) ? nothing : "ignore");
    const child = spawn(command, args, {
      stdio,
      cwd: options.cwd ?? this.dir,
      env: { ...process.env, ...options.env },
    });
    closeSync(nothing);
    child.stdin?.end(options.stdin);
    return child;
  }

  /** Runs a program to its end. A container that stays keeps the streams: only the program's own end is waited for. */
  async run(command: string, args: readonly string[], options: CallOptions = {}): Promise<Ran> {
    const begin = performance.now();
    const child = this.start(command, args, options);
    const texts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name]?.setEncoding("utf8").on("data", (text: string) => {
        texts[name] += text;
      });
    }
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    const ms = performance.now() - begin;
    // What it has written is read by then, but for the last turn of the loop.
    await new Promise((resolve) => setTimeout(resolve, 20));
    child.stdout?.destroy();
    child.stderr?.destroy();
    return { code, signal, ...texts, ms };
  }

  /** Calls the real runtime with the lab's root. */
  async real(...args: readonly string[]): Promise<Ran> {
    return await this.run(this.runtime, ["--root", this.root, ...args]);
  }

  /** The state of a container; undefined when there is none. */
  async state(id: string): Promise<{ readonly status: string; readonly pid: number } | undefined> {
    const { code, stdout } = await this.real("state", id);
    return code === 0 ? (JSON.parse(stdout) as { status: string; pid: number }) : undefined;
  }

  read(...path: readonly string[]): string {
    return readFileSync(join(this.dir, ...path), "utf8");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    if (this.busybox !== undefined) {
      const { stdout } = await this.real("list", "--quiet");
      for (const id of stdout.split("\n").filter(Boolean)) await this.real("delete", "--force", id);
    }
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** The answer that puts NRI=1 into the environment. */
export function withVariable(lease: Lease): Answer {
  const spec = JSON.parse(Buffer.from(lease.payload).toString("utf8")) as { process: { env: string[] } };
  spec.process.env.push("NRI=1");
  return { kind: "replace", payload: Buffer.from(JSON.stringify(spec)) };
}
