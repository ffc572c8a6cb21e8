#!/usr/bin/env node
// An NRI v0.1.0 plugin: containers with the annotation qos.class=ls get rid of their CPU quota.
import { runPlugin } from "@nri/legacy";
import { clearQuota } from "./clear-quota.js";

await runPlugin({ type: "clearcfs", create: clearQuota });
