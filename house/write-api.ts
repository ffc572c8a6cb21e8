// `npm run api`: writes the API reports that a reviewer should see change.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { API_ENTRIES, apiReport, reportPath } from "./api-report.js";
import { ROOT } from "./tree.js";

rmSync(join(ROOT, "api"), { recursive: true, force: true });
mkdirSync(join(ROOT, "api"));
for (const entry of API_ENTRIES) writeFileSync(reportPath(entry.name), apiReport(entry));
