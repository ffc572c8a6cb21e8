// Runs the compiled tests: `node scripts/test.mjs unit` or `peers`, then optionally a part of their paths, and
// `--all-releases` for the Go programs on every old release instead of the usual few. Prints node's report, then one line with the counts;
// the same line goes to .cache/tests/KIND, where .ci/run adds them up.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const kind = process.argv[2] ?? "unit";
const [only] = process.argv.slice(3).filter((word) => !word.startsWith("--"));
const env = process.argv.includes("--all-releases") ? { ...process.env, NRI_OLD_PEERS: "all" } : process.env;
if (!["unit", "peers"].includes(kind)) {
  console.error(`test: unknown kind "${kind}": unit or peers`);
  process.exit(2);
}

// A project is a folder with a tsconfig.json that writes dist/; a compiled test without its source is left over from before.
function compiledTests(project, source) {
  const dist = join(root, project, "dist");
  if (!existsSync(dist)) return [];
  return readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.js") && path.endsWith(".peer.test.js") === (kind === "peers"))
    .filter((path) => existsSync(join(root, project, source, path.replace(/\.js$/, ".ts"))))
    .map((path) => join(project, "dist", path));
}
const packages = readdirSync(join(root, "packages")).flatMap((name) => compiledTests(`packages/${name}`, "src"));
const files = [...packages, ...["plugins", "conformance", "bench", "house"].flatMap((name) => compiledTests(name, "."))]
  .filter((path) => only === undefined || path.includes(only))
  .sort();

// To start a process and load what a test imports takes longer than most tests. Those that look at nothing of their process share
// one for each of these; launching and wasm look for what is left behind, and a process warms up once.
const SHARED = {
  ttrpc: /^packages\/ttrpc\//,
  protocol: /^packages\/protocol\//,
  oci: /^packages\/oci\//,
  testing: /^packages\/testing\//,
  plugin: /^packages\/plugin\/dist\/(?!warm-up)/,
  adaptation: /^packages\/adaptation\/dist\/(?!.*\/)/,
  joining: /^packages\/adaptation\/dist\/(builtin|joining|merge|pipeline|prometheus|validator)\//,
  policy: /^packages\/adaptation\/dist\/policy\//,
  upstream: /^conformance\/dist\/(upstream|bridge|moby)\//,
  runtime:
    /^packages\/runtime\/dist\/((common|config|containerd|docker|embedded|journal|lease|podman|serve|wrapper)\/|[^/]*$)/,
  legacy: /^packages\/legacy\//,
  house: /^house\//,
  cli: /^packages\/cli\/dist\/(look|oci|serve)\//,
  conformance: /^conformance\/dist\/(diff\/|[^/]*$)/,
  plugins: /^plugins\//,
  bench: /^bench\//,
};
function inSharedProcesses(paths) {
  if (kind === "peers") return paths;
  const own = new Set(paths);
  const shared = Object.entries(SHARED).flatMap(([name, pattern]) => {
    const some = paths.filter((path) => pattern.test(path));
    if (some.length === 0) return [];
    for (const path of some) own.delete(path);
    const file = join(".cache/tests", `${name}.mjs`);
    writeFileSync(join(root, file), some.map((path) => `import ${JSON.stringify(join(root, path))};\n`).join(""));
    return [file];
  });
  return [...shared, ...own];
}

if (files.length === 0) {
  // node --test without files would look for some itself.
  console.error(`test: no ${kind} test${only === undefined ? ": build first" : ` has "${only}" in its path`}`);
  process.exit(1);
}

const results = join(root, ".cache/tests");
mkdirSync(results, { recursive: true });
const tap = join(results, `${kind}.tap`);
rmSync(join(results, kind), { force: true });
const report = ["spec", "stdout", "tap", tap];
const child = spawn(
  process.execPath,
  [
    "--test",
    // unit tests wait a good part of their time: three keep two processors busy
    `--test-concurrency=${kind === "peers" ? 1 : 3}`,
    ...report.map((value, index) => `--test-reporter${index % 2 === 0 ? "" : "-destination"}=${value}`),
    ...inSharedProcesses(files),
  ],
  { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] },
);
child.on("exit", (code, signal) => {
  const text = existsSync(tap) ? readFileSync(tap, "utf8") : "";
  const count = (name) => Number(text.match(new RegExp(`^# ${name} (\\d+)$`, "m"))?.[1] ?? 0);
  const failed = count("fail") + count("cancelled");
  // A runner that broke without a failing test must not look like a success.
  const line = `${count("pass")} passed, ${failed === 0 && code !== 0 ? 1 : failed} failed, ${count("skipped") + count("todo")} skipped`;
  writeFileSync(join(results, kind), `${line}\n`);
  console.log(line);
  process.exit(signal !== null || code !== 0 || count("pass") === 0 ? 1 : 0);
});
