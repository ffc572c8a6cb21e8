// Who waits for the process of a container. `create` of an OCI runtime leaves it to whoever is above, and only a parent, or a
// process that has declared itself the reaper of its descendants, learns an exit code. Node.js cannot declare that, so a few
// lines of Perl or Python stand between us and the runtime; engines have conmon or a shim for it.
//
//   nri -- perl (reaper) -- runc create -- container      runc create ends: "created CODE"
//          perl (reaper) ----------------- container      it ends:          "exited PID STATUS"
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { LIMITS } from "../limits.js";

/** A program that can wait for containers. */
export interface Monitor {
  /** Its absolute name. */
  readonly program: string;
  /** Its arguments before the command. */
  readonly args: readonly string[];
}

/** Number of the system call prctl. */
const PRCTL: { readonly [arch: string]: number } = {
  x64: 157,
  arm64: 167,
  riscv64: 167,
  loong64: 167,
  ppc64: 171,
  s390x: 172,
};

// 36 is PR_SET_CHILD_SUBREAPER. What is inherited as descriptor 3 must not reach the container: 2 is F_SETFD, 1 FD_CLOEXEC.
const PERL = `
my $prctl = shift @ARGV;
syscall($prctl + 0, 36, 1, 0, 0, 0) == 0 or die "prctl: $!\\n";
open(my $told, ">&=3") or die "descriptor 3: $!\\n";
fcntl($told, 2, 1);
$told->autoflush(1);
my $child = fork() // die "fork: $!\\n";
if ($child == 0) { exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\\n"; }
waitpid($child, 0);
print $told "created ", $? >> 8, "\\n";
close(STDOUT);
close(STDERR);
while ((my $pid = wait()) > 0) { print $told "exited $pid $?\\n"; }
`;

const PYTHON = `
import ctypes, os, sys
if ctypes.CDLL(None, use_errno=True).prctl(36, 1, 0, 0, 0) != 0:
    sys.exit("prctl: " + os.strerror(ctypes.get_errno()))
os.set_inheritable(3, False)
child = os.fork()
if child == 0:
    os.execv(sys.argv[2], sys.argv[2:])
_, status = os.waitpid(child, 0)
os.write(3, b"created %d\\n" % (status >> 8))
os.close(1)
os.close(2)
while True:
    try:
        pid, status = os.wait()
    except ChildProcessError:
        break
    os.write(3, b"exited %d %d\\n" % (pid, status))
`;

/** The first program that can do it, or why there is none. */
export function findMonitor(find: (name: string) => string | undefined): Monitor | string {
  const number = String(PRCTL[process.arch] ?? "");
  const perl = number === "" ? undefined : find("perl");
  if (perl !== undefined) return { program: perl, args: ["-MIO::Handle", "-e", PERL, "--", number] };
  const python = find("python3");
  if (python !== undefined) return { program: python, args: ["-I", "-c", PYTHON, number] };
  return "exit codes of containers are learnt by perl or python3, and neither is in PATH";
}

/** A runtime that makes a container, and the container's process after it. */
export interface Monitored {
  /** What the container's process writes. */
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Exit code of the runtime's `create`. */
  readonly created: Promise<number>;
  /** Wait status of the process with this id, once it has ended. Rejects when the monitor is gone before. */
  ended(pid: number): Promise<number>;
}

/** Calls the runtime by the monitor. The container's stdin is empty, and signals of our terminal do not reach it. */
export function monitored(monitor: Monitor, command: readonly string[], path: string, cwd: string): Monitored {
  const child: ChildProcess = spawn(monitor.program, [...monitor.args, ...command], {
    cwd,
    detached: true,
    env: { PATH: path },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  // Until it is known which process is the container's; processes without a parent can be anybody's.
  const early = new Map<number, number>();
  let tell = (pid: number, status: number): void => {
    if (early.size < LIMITS.embedded.earlyExits) early.set(pid, status);
  };
  const told = createInterface({ input: child.stdio[3] as Readable });
  const gone = new Promise<never>((_resolve, reject) => {
    const fail = (text: string) => reject(new Error(`${monitor.program}, which waits for the container: ${text}`));
    child.once("error", (error) => fail(error.message));
    // Not its exit: what it has told last may still be on the way then.
    told.once("close", () => fail("it is gone"));
  });
  gone.catch(() => undefined);
  const created = new Promise<number>((resolve) => {
    told.on("line", (line) => {
      const [word, first = "", second = ""] = line.split(" ");
      if (word === "created") resolve(Number(first));
      if (word === "exited") tell(Number(first), Number(second));
    });
  });
  return {
    stdout: child.stdout as Readable,
    stderr: child.stderr as Readable,
    created: Promise.race([created, gone]),
    ended: (pid) => {
      const ended = new Promise<number>((resolve) => {
        tell = (other, status) => {
          if (other === pid) resolve(status);
        };
        const known = early.get(pid);
        if (known !== undefined) resolve(known);
      });
      return Promise.race([ended, gone]);
    },
  };
}

/** The exit code that engines tell of a wait status: 128 and the number of the signal when one ended the process. */
export function exitCode(status: number): number {
  const signal = status & 0x7f;
  return signal === 0 ? status >> 8 : 128 + signal;
}
