// Wrong use that must not compile. Each `@ts-expect-error` is a failing build when the mistake starts to compile.
import assert from "node:assert/strict";
import { Socket } from "node:net";
import { test } from "node:test";
import { z } from "zod";
import { adjustment, definePlugin, update } from "./index.js";

/** Never called: only compiled. */
function mistakes(): void {
  // @ts-expect-error an unknown handler
  definePlugin({ createContianer: () => undefined });
  // @ts-expect-error a notification cannot adjust
  definePlugin({ startContainer: () => ({ adjust: adjustment() }) });
  // @ts-expect-error nor can it later
  definePlugin({ startContainer: async () => ({ adjust: adjustment() }) });
  // @ts-expect-error stopping a container cannot evict
  definePlugin({ stopContainer: () => ({ evict: [] }) });
  // @ts-expect-error the list is called updates
  definePlugin({ createContainer: () => ({ update: [update("c")] }) });
  // @ts-expect-error a bare builder is no answer
  definePlugin({ createContainer: () => adjustment() });
  // @ts-expect-error an update is no adjustment
  definePlugin({ createContainer: () => ({ adjust: update("c") }) });
  // @ts-expect-error a verdict is a reason, not a boolean
  definePlugin({ validateContainerAdjustment: () => true });
  // @ts-expect-error an unknown event
  definePlugin({ createContainer: () => undefined, configure: () => ["createContianer"] });
  // @ts-expect-error pod events have no container
  definePlugin({ runPodSandbox: ({ container }) => void container });
  // @ts-expect-error a 64-bit value is a bigint
  adjustment().memory({ limit: 1024 });
  // @ts-expect-error an unknown setting
  adjustment().cpu({ share: 1n });
  // @ts-expect-error an unknown class
  adjustment().ioPriority({ class: "RT" });
  // @ts-expect-error limits have names, so that they cannot be swapped
  adjustment().rlimit("RLIMIT_NOFILE", 1n, 2n);
  // @ts-expect-error updates change resources only
  update("c").env("A", "1");
  const plugin = definePlugin({ createContainer: () => undefined });
  // @ts-expect-error a given connection can be used up once
  void plugin.run({ connection: new Socket(), reconnect: true });
  // @ts-expect-error one session does not reconnect
  void plugin.start({ reconnect: true });
  // @ts-expect-error the endpoint is a port or a socket
  void plugin.run({ health: { port: 1, socketPath: "/x" } });
  // @ts-expect-error an unknown setting
  void plugin.run({ reconnect: { retries: 1 } });
  // @ts-expect-error a plugin without configuration has none
  definePlugin({ createContainer: ({ configuration }) => void configuration.cpus });
  const schema = z.object({ cpus: z.number() });
  // @ts-expect-error the schema knows no such member
  definePlugin({ configuration: { schema }, createContainer: ({ configuration }) => void configuration.cpu });
  // @ts-expect-error nor does it for the environment
  definePlugin({ configuration: { schema, environment: { cpu: "CPU" } }, createContainer: () => undefined });
  // @ts-expect-error a configuration without a schema
  definePlugin({ configuration: { file: "/x" }, createContainer: () => undefined });
  // @ts-expect-error a type is no schema
  definePlugin({ configuration: { schema: Number }, createContainer: () => undefined });
  // @ts-expect-error the cache, not its handlers
  definePlugin({ track: {} });
}

/** Right use in the forms that authors choose. */
function rightUse(): void {
  definePlugin({
    startContainer() {
      return;
    },
  });
  definePlugin({ startContainer: async () => void 0 });
  definePlugin({ createContainer: () => undefined, stopContainer: async () => ({ updates: [update("c")] }) });
  definePlugin({
    async createContainer({ pod, container, signal }) {
      if (signal.aborted || pod.name === "") return;
      return { adjust: { env: [{ key: "A", value: container.name }] } };
    },
    validateContainerAdjustment: ({ adjust }) => (adjust.args.length > 0 ? "no args" : undefined),
  });
  const schema = z.object({ cpus: z.coerce.number(), mode: z.enum(["a", "b"]).default("a") });
  const configured = definePlugin({
    configuration: { schema, file: "/x", environment: { cpus: "CPUS", mode: { name: "MODE", read: String } } },
    createContainer({ configuration: { cpus, mode } }) {
      const both: [number, "a" | "b"] = [cpus, mode];
      return { adjust: adjustment().cpus(both.join()) };
    },
    reconfigured: ({ configuration, previous, updateContainers }) =>
      configuration.cpus === previous.cpus
        ? undefined
        : updateContainers([update("c")], { retry: { keep: true } }).then(() => undefined),
    synchronize: async ({ configuration }) => void configuration.mode,
  });
  void configured.run({ health: { port: 8080 }, reconnect: { maxDelayMs: 1000 }, takeover: true });
  void configured.run({ connection: new Socket() });
  void configured.run({ reconnect: false, socketPath: "/x" });
}

test("misuse does not compile, and right use does", () => {
  assert.equal(typeof mistakes, "function");
  assert.equal(typeof rightUse, "function");
});
