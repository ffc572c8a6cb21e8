// The plugin at the other end of a warm-up: knows its answers beforehand, and decodes nothing.
import {
  ConfigureResponse,
  CreateContainerResponse,
  EVENT_NAMES,
  EVENTS,
  Mux,
  NRI_VERSION,
  PLUGIN_CONNECTION,
  PLUGIN_SERVICE,
  RegisterPluginRequest,
  RUNTIME_CONNECTION,
  RUNTIME_SERVICE,
} from "@nri/protocol";
import { type ByteStream, type Handler, TtrpcClient, TtrpcServer } from "@nri/ttrpc";

const NOTHING = new Uint8Array(0);

/** Changes as plugins make them. */
const ADJUSTMENT = CreateContainerResponse.encode({
  adjust: {
    annotations: { "example.com/a": "1" },
    env: [{ key: "A", value: "1" }],
    mounts: [{ destination: "/a", source: "/b", type: "bind", options: ["rbind"] }],
    linux: { devices: [{ path: "/dev/a", type: "c", major: 1n, minor: 3n }], resources: { cpu: { cpus: "0" } } },
  },
});

/** Connects a plugin that is asked everything but validations, and registers it. Of every two containers it may change one. */
export async function connectSamplePlugin(stream: ByteStream, index: string, changes: boolean): Promise<void> {
  const mux = new Mux(stream, { blockedRead: true });
  const asked = EVENT_NAMES.filter((name) => name !== "validateContainerAdjustment");
  const events = asked.reduce((mask, name) => mask | EVENTS[name].mask, 0);
  const methods: Record<string, Handler> = {
    Configure: () => ConfigureResponse.encode({ events }),
    Synchronize: () => NOTHING,
    Shutdown: () => NOTHING,
  };
  for (const name of asked) methods[EVENTS[name].name] = () => NOTHING;
  let creations = 0;
  methods[EVENTS.createContainer.name] = () => (changes && ++creations % 2 === 0 ? ADJUSTMENT : NOTHING);
  new TtrpcServer().register(PLUGIN_SERVICE, methods).serve(mux.open(PLUGIN_CONNECTION));
  const client = new TtrpcClient(mux.open(RUNTIME_CONNECTION));
  mux.unblock();
  const request = RegisterPluginRequest.encode({ pluginIdx: index, pluginName: "warm-up", NRIVersion: NRI_VERSION });
  await client.call(RUNTIME_SERVICE, "RegisterPlugin", request);
}
