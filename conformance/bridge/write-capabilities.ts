// `npm run capabilities`: writes the section of docs/capabilities.md that the bridge's own table says.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryDir } from "../paths.js";
import { PAGE, withSection } from "./capabilities-page.js";

const file = join(repositoryDir, PAGE);
writeFileSync(file, withSection(readFileSync(file, "utf8")));
