// A dockerd in memory, with what it has written down, and the profile on it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { silentLogger } from "@nri/plugin";
import { FakeEngine } from "../../common/fake-engine.fixture.js";
import { TestLease } from "../../common/lab.fixture.js";
import { Journal } from "../../journal/journal.js";
import type { InspectedContainer, ListedByDocker } from "../api-types.js";
import { NO_NRI_OPTS } from "../moby/index.js";
import { createDockerProfile, type DockerProfile, type DockerProfileOptions } from "./profile.js";

/** A container of it. */
export interface FakeContainer {
  readonly state?: string;
  readonly env?: readonly string[];
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
  readonly binds?: readonly string[];
  /** dockerd holds it, and does not answer. */
  readonly isHeld?: boolean;
}

/** dockerd. */
export class FakeDocker {
  readonly engine = new FakeEngine("docker", "docker");
  readonly containers = new Map<string, FakeContainer>();
  /** Names of the volumes that were made. */
  readonly volumes: string[] = [];
  isAway = false;

  /** The profile on it. */
  profile(given: Pick<DockerProfileOptions, "stateDir"> & Partial<DockerProfileOptions>): DockerProfile {
    const api = {
      dockerVersion: "28.5.2",
      negotiate: async () => undefined,
      containers: async () => {
        if (this.isAway) throw new Error("dockerd is away");
        return Array.from(this.containers, ([id, container]) => listed(id, container));
      },
      inspect: async (id: string) => {
        const container = this.containers.get(id);
        if (container === undefined || container.isHeld) throw new Error("not answered in time");
        return inspected(container);
      },
      volumeFolder: async (name: string) => {
        this.volumes.push(name);
        return `/volumes/${name}/_data`;
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
    const { engine } = this;
    return createDockerProfile({
      engine,
      api,
      options: NO_NRI_OPTS,
      journal: new Journal(),
      log: silentLogger,
      ...given,
    });
  }

  /** The wrapper asks about a container, whose folder is below `dir`. */
  lease(id: string, dir: string, verb: "create" | "start" = "create"): TestLease {
    const container = this.containers.get(id) ?? {};
    const folder = join(dir, "containers", id);
    mkdirSync(folder, { recursive: true });
    const { env = [], labels = {}, annotations = {}, binds = [] } = container;
    const saved = {
      ID: id,
      Name: `/name-of-${id}`,
      Path: "/bin/sh",
      Args: ["-c", "x"],
      Config: { Env: env, Labels: labels },
    };
    writeFileSync(join(folder, "config.v2.json"), JSON.stringify(saved));
    writeFileSync(join(folder, "hostconfig.json"), JSON.stringify({ Annotations: annotations, Binds: binds }));
    const spec = {
      ociVersion: "1.0.2",
      process: { args: ["/bin/sh", "-c", "x"], env: ["PATH=/bin", "HOSTNAME=h", ...env], cwd: "/" },
      mounts: [{ destination: "/etc/hosts", type: "bind", source: join(folder, "hosts"), options: ["rbind"] }],
    };
    const call = { verb, id, root: "docker", bundle: `/b/${id}`, engine: "docker" } as const;
    return new TestLease(call, Buffer.from(JSON.stringify(spec)));
  }
}

function listed(id: string, { state = "running", labels = {} }: FakeContainer): ListedByDocker {
  const rest = { image: "", imageId: "", exitCode: 0, createdAt: 0n };
  return { id, name: `name-of-${id}`, labels, state, ...rest };
}

function inspected({ state = "running", env = [], annotations = {} }: FakeContainer): InspectedContainer {
  const times = { createdAt: 0n, startedAt: 0n, finishedAt: 0n };
  const pid = state === "running" ? 7 : 0;
  const args = ["/bin/sh", "-c", "x"];
  return { state, pid, exitCode: 0, ...times, args, env, annotations, memorySwap: 0n, netnsFile: "" };
}
