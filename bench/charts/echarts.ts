// The drawing library, installed when it is first needed: it is larger than all else here, and only dated figures are drawn.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** The part of `echarts` that is used. */
export interface Drawing {
  setOption(option: object): void;
  renderToSVGString(): string;
  dispose(): void;
}

interface Library {
  init(element: null, theme: null, options: { renderer: "svg"; ssr: true; width: number; height: number }): Drawing;
}

const FOLDER = fileURLToPath(new URL("../../charts/", import.meta.url));

/** An empty drawing. Needs the registry, or npm's cache, the first time. */
export function drawing(width: number, height: number): Drawing {
  if (!existsSync(`${FOLDER}node_modules/echarts`))
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: FOLDER,
      stdio: ["ignore", 2, 2],
    });
  const library = createRequire(`${FOLDER}package.json`)("echarts") as Library;
  return library.init(null, null, { renderer: "svg", ssr: true, width, height });
}
