// The OCI runtime itself as an engine: whoever calls its wrapper by hand, buildah, scripts. It has no pods, no names and no events:
// exits are seen by watching processes, removals by what the runtime keeps.
import { basename, resolve } from "node:path";
import type { Logger } from "@nri/adaptation";
import { linuxResourcesToSpec } from "@nri/oci";
import type { LinuxResources } from "@nri/protocol";
import type { Described, Domain, DomainState, Engine, EngineEvents } from "../domain.js";
import { LIMITS } from "../limits.js";
import { RealRuntime } from "../oci/real-runtime.js";
import type { RuntimeCall } from "../runtime-call.js";
import { FLAVOURS } from "../wrapper/flavour.js";
import { describeBySpec, existing } from "./by-spec.js";
import { ContainerWatch } from "./container-watch.js";

/** What the engine is made with. */
export interface EmbeddedEngineOptions {
  /** runc or crun itself, by absolute name; never the wrapper. */
  readonly runtime: string;
  /** The `--root` of the containers that are meant; calls with another one are not claimed. Default: the runtime's own. */
  readonly root?: string | undefined;
  /** What is worth a line. */
  readonly log?: Logger | undefined;
}

/** Name of the engine's only domain. */
const NAME = "embedded";

/** Makes it; `start` begins to watch. */
export function createEmbeddedEngine(options: EmbeddedEngineOptions): Engine {
  return new EmbeddedEngine(options);
}

/** Where the runtime keeps its containers when root says no other place. */
function defaultRoot(runtime: string): string {
  return FLAVOURS[basename(runtime).includes("crun") ? "crun" : "runc"].root;
}

class EmbeddedEngine implements Engine, Domain {
  readonly name = NAME;
  readonly servesNri = false;
  readonly #root: string;
  readonly #runtime: RealRuntime;
  readonly #watch: ContainerWatch;
  readonly #log: Logger | undefined;
  readonly #otherRoots = new Set<string>();

  constructor({ runtime, root, log }: EmbeddedEngineOptions) {
    this.#root = root === undefined || root === "" ? defaultRoot(runtime) : resolve(root);
    this.#runtime = new RealRuntime({ path: runtime, root: this.#root });
    this.#log = log;
    this.#watch = new ContainerWatch(this.#root, () => this.#runtime.list(), log);
  }

  get domains(): readonly Domain[] {
    return [this];
  }

  domainFor({ engine, root }: RuntimeCall): Domain | undefined {
    if (engine !== "oci") return undefined;
    if (root === "" || resolve(root) === this.#root) return this;
    if (!this.#otherRoots.has(root) && this.#otherRoots.size < LIMITS.embedded.otherRoots) {
      this.#otherRoots.add(root);
      this.#log?.warn(`${NAME}: calls with --root ${root} pass: the root of this domain is ${this.#root}`);
    }
    return undefined;
  }

  async start(events: EngineEvents): Promise<void> {
    await this.#watch.start({
      exited: (id, exit) => events.exited(NAME, id, exit),
      removed: (id) => events.removed(NAME, id),
      lost: () => events.lost(NAME),
    });
  }

  async list(signal: AbortSignal): Promise<DomainState> {
    const states = await this.#runtime.list(signal);
    for (const { id, pid } of states) this.#watch.seen(id, pid);
    const found = await Promise.all(states.map(existing));
    return {
      pods: found.map(({ pod }) => pod),
      containers: found.map(({ container }) => ({ container, podId: container.id })),
    };
  }

  async describe(call: RuntimeCall, spec: Parameters<Domain["describe"]>[1]): Promise<Described> {
    this.#watch.expect(call.id);
    return describeBySpec(spec, call.id);
  }

  async pid(id: string, signal: AbortSignal): Promise<number> {
    const state = await this.#runtime.state(id, signal);
    if (state === undefined) this.#watch.expect(id);
    else this.#watch.seen(id, state.pid);
    return state?.pid ?? 0;
  }

  async update(id: string, resources: LinuxResources, signal: AbortSignal): Promise<void> {
    const act = () => this.#runtime.update(id, linuxResourcesToSpec(resources), signal);
    await this.#runtime.unlessEnded(id, act, signal);
  }

  async evict(id: string, _reason: string, signal: AbortSignal): Promise<void> {
    await this.#runtime.unlessEnded(id, () => this.#runtime.kill(id, "KILL", signal), signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watch.stop();
  }
}
