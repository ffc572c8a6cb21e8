// A v010-adapter beside a runtime that takes steps: what its v0.1.0 plugins were asked, and what became of the events.
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Runtime } from "../compat/commands.js";
import type { Place } from "../compat/place.js";
import { repositoryDir } from "../paths.js";
import { Child } from "../peers/child.js";
import { isListening, until } from "../waits.js";
import { inOwnEtc } from "./own-etc.js";
import { canonical } from "./stage.js";

const ADAPTER = join(repositoryDir, "plugins/dist/v010-adapter/v010-adapter.js");

/** What is in the messages: something of all that an adapter passes on, and of what it does not. */
export const POD = {
  id: "p1",
  name: "pod",
  uid: "u1",
  namespace: "default",
  pid: 4711,
  labels: { app: "web", html: "<&>" },
  annotations: { "qos.class": "ls" },
  linux: {
    podOverhead: { cpu: { shares: { value: "2" } } },
    podResources: { memory: { limit: { value: "5" } } },
    cgroupParent: "/kubepods",
    cgroupsPath: "/kubepods/p1",
    namespaces: [{ type: "network", path: "/var/run/netns/n1" }, { type: "pid" }],
    resources: {
      cpu: { shares: { value: "18446744073709551615" }, quota: { value: "-1" }, cpus: "0-1", mems: "0" },
      devices: [
        { allow: false, access: "rwm" },
        { allow: true, type: "c", major: { value: "10" }, minor: { value: "0" }, access: "r" },
      ],
    },
  },
};
export const CONTAINER = {
  id: "c1",
  podSandboxId: "p1",
  name: "web",
  pid: 4712,
  labels: { never: "told" },
  annotations: { "io.kubernetes.cri.container-name": "web" },
  args: ["sleep"],
  env: ["A=b"],
  linux: {
    cgroupsPath: "kubepods-p1.slice:cri-containerd:c1",
    namespaces: [{ type: "mount" }, { type: "network", path: "/proc/4711/ns/net" }],
    resources: {
      memory: {
        limit: { value: "9223372036854775807" },
        swap: { value: "-1" },
        disableOomKiller: { value: true },
        useHierarchy: { value: false },
        swappiness: { value: "60" },
      },
      cpu: {},
      hugepageLimits: [{ pageSize: "2MB", limit: "18446744073709551615" }],
      pids: { limit: "0" },
      unified: { "memory.high": "max" },
      blockioClass: { value: "high" },
      rdtClass: { value: "gold" },
    },
  },
};

/** Where an adapter gets its plugins from, in the folder of a test. */
export class AdapterStage {
  readonly binDir: string;
  readonly conf: string;
  readonly #etc: string;

  private constructor(readonly place: Place) {
    this.binDir = join(place.dir, "bin");
    this.#etc = join(place.dir, "nri");
    this.conf = join(this.#etc, "conf.json");
  }

  static async make(place: Place): Promise<AdapterStage> {
    const stage = new AdapterStage(place);
    for (const dir of [stage.binDir, stage.#etc, join(place.dir, "etc")]) await mkdir(dir);
    return stage;
  }

  /** Puts a shell program there that records its requests, line by line, and configures it. */
  async recorder(script = `echo '{"plugin":"recorder","version":"0.1","error":""}'`, conf = '{"a": 1}'): Promise<void> {
    const record = join(this.place.dir, "seen");
    await this.place.file("bin/recorder", `#!/bin/sh\ncat >> '${record}'; echo >> '${record}'\n${script}\n`, 0o755);
    await this.place.file("nri/conf.json", `{"version": "0.1", "plugins": [{"type": "recorder", "conf": ${conf}}]}`);
    await this.place.file("seen", "");
  }

  /** The requests so far. */
  seen(): string[] {
    const lines = readFileSync(join(this.place.dir, "seen"), "utf8").split("\n");
    return lines.filter((line) => line !== "").map(canonical);
  }

  /** Our adapter, or with `program` the one in Go: its paths are built in, so it gets an /etc of its own. */
  async start(program?: string): Promise<Child> {
    await until("the socket of the runtime", () => isListening(this.place.socket));
    const args = ["-idx", "10", "-socket", this.place.socket];
    if (program === undefined)
      return new Child(process.execPath, [ADAPTER, ...args, "-conf", this.conf, "-binDir", this.binDir]);
    return new Child("unshare", [...inOwnEtc(this.place.dir), program, ...args], {
      env: { PATH: `${this.binDir}:/usr/bin:/bin` },
    });
  }

  /** The runtime: ours, or that of the place. It ends with the place at the latest. */
  runtime(args: readonly string[] = []): Runtime {
    const runtime = new Runtime(this.place, "default", args);
    this.place.after(() => runtime.end());
    return runtime;
  }
}

/** The request of an event about the pod, or about the container. */
export function requestOf(event: string, pod: object, container: object): object {
  return event.endsWith("PodSandbox") ? { pod } : { pod, container };
}
