// The plugin that the bridge is measured with: one variable for each container.
import { adjustment, definePlugin } from "@nri/plugin";

await definePlugin({ createContainer: () => ({ adjust: adjustment().env("BENCH", "1") }) }).run();
