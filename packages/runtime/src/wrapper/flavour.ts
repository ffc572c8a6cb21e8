// The command lines of runc and crun: which options there are, and which take a value. From the help of runc 1.0 to 1.3 and of
// crun 1.8 to 1.28; conformance/bridge/wrapper.peer.test.ts tries them on the real programs.

/** An option: its name, then `=` when it takes a value. Letters stand before a colon: `b:bundle=`. */
export type OptionWords = string;

/** How one of the two reads its command line. */
export interface Flavour {
  /**
   * `go`: one dash or two, `--name value`, `--name=value`; options of a command may follow its argument.
   * `getopt`: two dashes for names, which may be cut short where that is unambiguous; one dash for letters, which may be
   * joined (`-bDIR`); options of a command end at its argument.
   */
  readonly style: "go" | "getopt";
  readonly global: OptionWords;
  readonly commands: Readonly<Record<"create" | "run" | "restore" | "start" | "update", OptionWords>>;
  /** Folder of its state without `--root`. */
  readonly root: string;
}

/** The runtimes that can be wrapped. */
export type FlavourName = "runc" | "crun";

const RUNC_CREATE = "bundle= b:bundle= console-socket= pidfd-socket= pid-file= preserve-fds= no-pivot no-new-keyring";
const RUNC_FOREGROUND = "detach d:detach no-subreaper";
const CRUN_CREATE =
  "bundle= b:bundle= config= f:config= console-socket= pid-file= preserve-fds= no-new-keyring no-pivot no-subreaper";
const LIMIT_VALUES = [
  "blkio-weight= cpu-period= cpu-quota= cpu-rt-period= cpu-rt-runtime= cpu-share= cpuset-cpus= cpuset-mems=",
  "kernel-memory= kernel-memory-tcp= l3-cache-schema= mem-bw-schema= memory= memory-reservation= memory-swap= pids-limit=",
].join(" ");
const RESTORE =
  "image-path= work-path= tcp-established ext-unix-sk shell-job file-locks manage-cgroups-mode= lsm-profile= lsm-mount-context=";

/** Both, by name. */
export const FLAVOURS: Readonly<Record<FlavourName, Flavour>> = {
  runc: {
    style: "go",
    global: "debug log= log-format= root= criu= systemd-cgroup rootless=",
    commands: {
      create: RUNC_CREATE,
      run: `${RUNC_CREATE} ${RUNC_FOREGROUND} keep`,
      restore: [
        `${RESTORE} ${RUNC_FOREGROUND} bundle= b:bundle= console-socket= pid-file= no-pivot`,
        "empty-ns= auto-dedup lazy-pages",
      ].join(" "),
      start: "",
      update: `resources= r:resources= ${LIMIT_VALUES} cpu-burst= cpu-idle=`,
    },
    root: "/run/runc",
  },
  crun: {
    style: "getopt",
    global: "cgroup-manager= debug log= log-format= log-level= root= rootless= systemd-cgroup",
    commands: {
      create: CRUN_CREATE,
      run: `${CRUN_CREATE} detach d:detach keep`,
      restore: [`${RESTORE} bundle= b:bundle= console-socket= detach d:detach pid-file= network-lock tcp-close`].join(
        " ",
      ),
      start: "",
      update: `resources= r:resources= ${LIMIT_VALUES}`,
    },
    root: "/run/crun",
  },
};
