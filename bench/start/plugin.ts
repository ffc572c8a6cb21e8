// The plugin whose start is measured. BENCH_WARM_UP=off leaves the warm-up out.
import { definePlugin } from "@nri/plugin";

await definePlugin({ createContainer: () => undefined }).run({ warmUp: process.env.BENCH_WARM_UP !== "off" });
