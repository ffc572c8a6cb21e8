// What everything on this Node.js takes at least: says at once that it runs, on the descriptor of a plugin, and stays.
import { writeSync } from "node:fs";

writeSync(3, "x");
setInterval(() => undefined, 1_000_000);
