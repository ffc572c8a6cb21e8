#!/usr/bin/env node
// The `create-nri-plugin` program. A committed file, so that the command exists before the first build; it loads the build.
import { run } from "../dist/program.js";

await run();
