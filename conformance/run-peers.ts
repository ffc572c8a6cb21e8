// Runs every *.peer.test.js, one file after the other, and ends with the line `N passed, N failed, N skipped`.
// Arguments are parts of file names: only files which contain one of them run.
import { readdirSync } from "node:fs";
import { relative } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(here, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".peer.test.js"))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort()
  .map((file) => `${here}${file}`);
if (files.length === 0) {
  console.error(`no peer test matches ${wanted.join(" ")}`);
  process.exit(2);
}
console.log(`peer tests: ${files.map((file) => relative(here, file)).join(" ")}`);

const count = { passed: 0, failed: 0, skipped: 0 };
const started = Date.now();
const stream = run({ files, concurrency: 1 });
stream.on("test:pass", ({ details, skip }) => {
  if (details.type === "suite") return;
  if (skip) count.skipped++;
  else count.passed++;
});
stream.on("test:fail", ({ details }) => {
  if (details.type !== "suite") count.failed++;
});
stream.compose(new spec()).pipe(process.stdout, { end: false });
stream.on("end", () => {
  setImmediate(() => {
    console.log(`peer tests took ${Math.round((Date.now() - started) / 1000)} s`);
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
    process.exitCode = count.failed > 0 || count.passed === 0 ? 1 : 0;
  });
});
