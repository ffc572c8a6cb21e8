// The table `compat` in `nri runtime`: each row in both columns.
import { testRows } from "./rows.js";
import { RUNTIME_CHECKS } from "./runtime-checks.js";

testRows("nri runtime", RUNTIME_CHECKS);
