// What the script starts: the wrapper as a program of its own, with as little as possible to load.
import { main } from "./program.js";

await main(process.argv.slice(2));
