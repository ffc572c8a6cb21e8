// A plugin as a program that waits, serves its health and watches its configuration; ends when it is told, and must then
// have nothing left that would keep the process. For tests.
import { definePlugin, type StandardSchema, silentLogger } from "./index.js";

const schema: StandardSchema<object, object> = {
  "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as object }) },
};
const control = new AbortController();
process.once("message", () => {
  process.disconnect();
  control.abort();
});
const service = definePlugin({
  index: "10",
  name: "staying",
  configuration: { schema, file: process.env.TEST_FILE, watchMs: 10 },
  startContainer: () => undefined,
  connected: () => void process.send?.("connected"),
}).serve({
  socketPath: process.env.TEST_SOCKET,
  health: { port: 0 },
  signal: control.signal,
  log: silentLogger,
  reconnect: { delayMs: 10, maxDelayMs: 100_000 },
});
await service.done;
const left = () => process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|FSReqPromise|Immediate/.test(name));
// what has been closed is forgotten some rounds of the event loop later
for (let round = 0; round < 1000 && left().length > 0; round++) await new Promise((resolve) => setImmediate(resolve));
console.log(left().join());
