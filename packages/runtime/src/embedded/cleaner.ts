// Takes away everything that a run has made: containers, mounts, cgroups, files. It is a process of its own that waits on a pipe:
// whether we end in order, by a second Ctrl-C or by SIGKILL, it is the same that is done.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { LIMITS } from "../limits.js";

// Arguments: runtime, its root, the run's cgroup, then folders.
const SCRIPT = `
cat >/dev/null
runtime=$1 root=$2 cgroup=$3
shift 3
for state in "$root"/*/; do
  [ -d "$state" ] || continue
  id=\${state%/}
  "$runtime" --root "$root" delete --force "\${id##*/}" 2>/dev/null
done
for folder; do
  grep -F " $folder/" /proc/self/mounts | cut -d" " -f2 | sort -r | while read -r point; do umount -l "$point"; done
done
groups() { for top in /sys/fs/cgroup/*"$cgroup" "/sys/fs/cgroup$cgroup"; do [ -d "$top" ] && echo "$top"; done; }
try=0
while [ -n "$(groups)" ] && [ $try -lt 40 ]; do
  groups | while read -r top; do
    find "$top" -depth -type d -exec rmdir {} \\; 2>/dev/null
    rmdir "\${top%/*}" 2>/dev/null
  done
  [ -z "$(groups)" ] || sleep 0.05
  try=$((try + 1))
done
# In the folder of a hierarchy that is not mounted crun leaves plain files.
groups | while read -r top; do
  case $(stat -f -c %T "$top") in cgroup*) ;; *) rm -rf "$top"; rmdir "\${top%/*}" 2>/dev/null ;; esac
done
[ -z "$(groups)" ] || echo "cgroups are left: $(groups | tr '\\n' ' ')" >&2
for folder; do
  if grep -qF " $folder/" /proc/self/mounts; then echo "$folder is left: something is mounted in it" >&2
  else rm -rf "$folder"; rmdir "\${folder%/*}" 2>/dev/null; fi
done
`;

/** What a run leaves behind when nobody cleans up. */
export interface Leftovers {
  readonly runtime: string;
  /** Value of the runtime's `--root`: one folder for each container. */
  readonly root: string;
  /** Path of the run's own cgroup in every hierarchy. */
  readonly cgroup: string;
  /** Folders with files and mounts. */
  readonly folders: readonly string[];
}

/** The process that cleans up. */
export class Cleaner implements AsyncDisposable {
  readonly #child: ChildProcess;
  #said = "";

  /** It begins to wait now. */
  constructor({ runtime, root, cgroup, folders }: Leftovers, path: string) {
    this.#child = spawn("sh", ["-c", SCRIPT, "nri-run-cleaner", runtime, root, cgroup, ...folders], {
      detached: true,
      cwd: "/",
      env: { PATH: path },
      stdio: ["pipe", "ignore", "pipe"],
    });
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#said = (this.#said + String(chunk)).slice(0, LIMITS.embedded.lineCharacters);
    });
    // Its end is what `clean` waits for; a pipe that it has closed says no more.
    this.#child.stdin?.on("error", () => undefined);
  }

  /** Cleans up now. Resolves with what could not be done, in lines. */
  async clean(): Promise<readonly string[]> {
    const child = this.#child;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "close");
      child.stdin?.end();
      const timer = setTimeout(() => child.kill("SIGKILL"), LIMITS.embedded.cleanMs);
      await ended;
      clearTimeout(timer);
      if (child.signalCode !== null) this.#said += `cleaning up took more than ${LIMITS.embedded.cleanMs} ms\n`;
    }
    return this.#said.split("\n").filter((line) => line !== "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.clean();
  }
}
