// The program: runs the plugin until it is told to end. What the plugin does is in plugin.ts, where tests can import it.
import { plugin } from "./plugin.js";

const end = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => end.abort());

// For the probes of a DaemonSet; a runtime that launches the plugin does not set it.
const port = Number(process.env.HEALTH_PORT ?? 0);
const health = port > 0 ? { port, host: "0.0.0.0" } : undefined;

await plugin.run({ signal: end.signal, health });
