// The public API of each entry as text, made from its declarations. `npm run api` writes what the test compares.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type ExtractorMessage,
} from "@microsoft/api-extractor";
import { entries, ROOT } from "./tree.js";

const QUIET = { default: { logLevel: ExtractorLogLevel.None } };

function silence(message: ExtractorMessage): void {
  message.handled = true;
}

export const API_ENTRIES = entries();
const ALL_TYPES = API_ENTRIES.map(({ types }) => types);
/** All declarations, read and bound once for all reports. */
let compiled: CompilerState | undefined;

/** Report of one entry. */
export function apiReport({ name, folder, types }: { name: string; folder: string; types: string }): string {
  const out = mkdtempSync(join(tmpdir(), "nri-api-"));
  try {
    mkdirSync(join(out, "temp"));
    const config = ExtractorConfig.prepare({
      configObjectFullPath: undefined,
      packageJsonFullPath: join(ROOT, folder, "package.json"),
      configObject: {
        projectFolder: join(ROOT, folder),
        mainEntryPointFilePath: types,
        newlineKind: "lf",
        compiler: {
          overrideTsconfig: {
            compilerOptions: {
              target: "ES2022",
              module: "NodeNext",
              moduleResolution: "NodeNext",
              lib: ["ES2023", "ESNext.Disposable"],
              types: ["node"],
              strict: true,
              skipLibCheck: true,
            },
            files: ALL_TYPES,
          },
        },
        apiReport: { enabled: true, reportFileName: name, reportFolder: out, reportTempFolder: join(out, "temp") },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        messages: {
          compilerMessageReporting: QUIET,
          tsdocMessageReporting: QUIET,
          extractorMessageReporting: {
            default: { logLevel: ExtractorLogLevel.None, addToApiReportFile: true },
            "ae-missing-release-tag": { logLevel: ExtractorLogLevel.None },
          },
        },
      },
    });
    compiled ??= CompilerState.create(config, { additionalEntryPoints: ALL_TYPES });
    Extractor.invoke(config, { localBuild: true, messageCallback: silence, compilerState: compiled });
    return readFileSync(join(out, `${name}.api.md`), "utf8");
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Where the report of an entry is kept. */
export function reportPath(name: string): string {
  return join(ROOT, "api", `${name}.md`);
}
