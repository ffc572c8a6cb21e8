#!/usr/bin/env node
// Loads the build, so that the command exists before it.
import "../dist/install/main.js";
