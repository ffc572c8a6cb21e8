#!/usr/bin/env node
// An NRI v0.1.0 plugin: containers run on the CPUs that are not reserved for the system.
import { runPlugin } from "@nri/legacy";
import { confine } from "./confine.js";

await runPlugin({ type: "konfine", create: confine });
