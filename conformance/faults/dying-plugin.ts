// A plugin in a process of its own that is killed in the middle of a call: SOCKET and WirePluginOptions as JSON.
import { WirePlugin, type WirePluginOptions } from "./wire-plugin.js";

const [socket = "", options = "{}"] = process.argv.slice(2);
const plugin = await WirePlugin.connect(socket, { ...(JSON.parse(options) as WirePluginOptions), mortal: true });
await plugin.register().catch(() => undefined);
