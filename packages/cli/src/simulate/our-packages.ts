// Loaded into a plugin's process (node --import) when its folder has no @nri packages: resolves them from this program.
import { register } from "node:module";

register(new URL("./our-packages-hook.js", import.meta.url));
