// A plugin that connects by itself, to be built with `nri build`: PROGRAM INDEX NAME SOCKET.
import { definePlugin } from "@nri/plugin";

const [index, name, socketPath] = process.argv.slice(2);
await definePlugin({ createContainer: () => undefined }).run({ index, name, socketPath });
