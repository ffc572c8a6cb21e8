// What a newcomer does: `npm create nri-plugin`, `npm install`, `npm test`, `npm run simulate`, for each template, with the packages
// as they would be published, outside of this repository.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { manifestToPods, readDocuments } from "@nri/testing";
import { repositoryDir } from "../paths.js";
import { available, program, skipUnless, use } from "../requirements.js";
import { packAll } from "./packed.js";
import { type LocalRegistry, type Packed, serveRegistry } from "./registry.js";

const run = promisify(execFile);
const TEMPLATES = ["observer", "device", "resources", "validator", "network", "bare"];
/** The newest that runs on the oldest Node.js that we support. */
const VITEST = "4.1.10";

const registryOfNpm = await available("the registry that npm is configured with", () => {
  execFileSync("npm", ["view", "typescript", "version"], { stdio: "ignore", timeout: 60_000 });
  const url = execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim();
  return url.endsWith("/") ? url : `${url}/`;
});
const systemd = program("systemd-analyze");

describe("npm create nri-plugin", { skip: skipUnless(registryOfNpm) }, () => {
  const folder = mkdtempSync(join(tmpdir(), "nri-create-"));
  const project = (name: string) => join(folder, "projects", name);
  let packages: readonly Packed[] = [];
  let registry: LocalRegistry;

  before(async () => {
    mkdirSync(join(folder, "tarballs"));
    mkdirSync(join(folder, "projects"));
    packages = packAll(join(folder, "tarballs"));
    registry = await serveRegistry(packages, join(folder, "tarballs"), use(registryOfNpm));
  });
  after(async () => {
    await registry[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a program in a folder; npm asks our registry, and nobody's CI, lifecycle or test runner is known to it. */
  async function command(
    cwd: string,
    file: string,
    args: readonly string[],
    more: NodeJS.ProcessEnv = {},
  ): Promise<string> {
    const clean = Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_TEST|^NODE_OPTIONS|^NRI_/i.test(name));
    const env = {
      ...Object.fromEntries(clean),
      npm_config_registry: registry.url,
      npm_config_prefer_offline: "true",
      ...more,
    };
    try {
      const { stdout, stderr } = await run(file, args, { cwd, env, timeout: 240_000, maxBuffer: 1 << 26 });
      return stdout + stderr;
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      throw new Error(`${[file, ...args].join(" ")} in ${cwd}:\n${stdout}${stderr}`, { cause: error });
    }
  }
  const npm = (cwd: string, ...args: readonly string[]) => command(cwd, "npm", [...args, "--no-audit", "--no-fund"]);

  /** As a user says it. What npm keeps of the programs that it has run must be none of an earlier run. */
  const npmCreate = (...args: readonly string[]) =>
    command(join(folder, "projects"), "npm", ["create", "--yes", "nri-plugin@latest", ...args], {
      npm_config_cache: join(folder, "npm-cache"),
    });
  /** The program that npm has installed for it. */
  function create(...args: readonly string[]): Promise<string> {
    const programs = join(folder, "npm-cache/_npx");
    const [installed = ""] = readdirSync(programs);
    const file = join(programs, installed, "node_modules/.bin/create-nri-plugin");
    return command(join(folder, "projects"), file, args);
  }

  async function works(name: string): Promise<void> {
    const tested = await npm(project(name), "test");
    assert.match(tested, /^# fail 0$/m);
    assert.doesNotMatch(tested, /^# pass 0$/m);
    const simulated = await npm(project(name), "run", "simulate");
    assert.match(simulated, /containers? created \(exit 0\)/);
    assert.match(simulated, new RegExp(`^ {2}\\d\\d-${name} {2}\\S`, "m"));
  }

  test("packages have what they need, and nothing of tests", () => {
    const folders = readdirSync(join(repositoryDir, "packages"));
    const names = packages.map(({ name }) => name.replace("@nri/", ""));
    assert.deepEqual(names.sort(), folders.sort());
    for (const { name, files } of packages) {
      const paths = files.map(({ path }) => path);
      const ours = paths.filter((path) => !path.startsWith("templates/"));
      assert.deepEqual(
        ours.filter((path) => /\.(test|fixture)\.|fixtures\/|tsbuildinfo|^src\//.test(path)),
        [],
        name,
      );
      for (const { path, mode } of files)
        if (path.startsWith("bin/")) assert.equal(mode & 0o111, 0o111, `${name}: ${path}`);
    }
  });

  test("npm create, npm install, npm test, npm run simulate", async () => {
    const made = await npmCreate("my-device", "--", "--template", "device", "--index", "20");
    assert.match(made, /^Made my-device: plugin my-device, which gives containers devices/m);
    await npm(project("my-device"), "install");
    await works("my-device");
    // Nobody's types are skipped in it, and each entry of our packages compiles there.
    assert.doesNotMatch(readFileSync(join(project("my-device"), "tsconfig.json"), "utf8"), /skipLibCheck/);
    const entries = packages.flatMap(({ name, filename }) => {
      const text = readFileSync(join(folder, "tarballs", `${filename}.json`), "utf8");
      const { exports = {} } = JSON.parse(text) as { exports?: { [path: string]: unknown } };
      return Object.keys(exports).map((path) => name + path.slice(1));
    });
    assert.ok(entries.length > 10);
    const others = packages
      .map(({ name }) => name)
      .filter((name) => !existsSync(join(project("my-device"), "node_modules", name)));
    await npm(project("my-device"), "install", "--no-save", ...others);
    const file = join(project("my-device"), "src/entries.ts");
    writeFileSync(file, entries.map((entry, place) => `export * as entry${place} from "${entry}";\n`).join(""));
    await npm(project("my-device"), "run", "build");
    rmSync(file);
  });

  for (const template of TEMPLATES.filter((name) => name !== "device")) {
    test(`a project of the template ${template} is tested and simulated`, async () => {
      const name = `my-${template}`;
      await create(name, "--template", template);
      // All of them have the same dependencies: installed once is enough.
      execFileSync("cp", ["-al", join(project("my-device"), "node_modules"), join(project(name), "node_modules")]);
      const dependencies = (of: string) => {
        const { dependencies, devDependencies } = JSON.parse(
          readFileSync(join(project(of), "package.json"), "utf8"),
        ) as { [kind: string]: unknown };
        return { dependencies, devDependencies };
      };
      assert.deepEqual(dependencies(name), dependencies("my-device"));
      await works(name);
    });
  }

  test("--packages makes a project that needs no registry for our packages", async () => {
    await create("my-offline", "--template", "bare", "--packages", join(folder, "tarballs"));
    const nowhere = use(registryOfNpm);
    await command(project("my-offline"), "npm", ["install", "--no-audit", "--no-fund"], {
      npm_config_registry: nowhere,
    });
    await works("my-offline");
  });

  test("the steps of the Dockerfile make one file, which runs on its own", async () => {
    const from = project("my-device");
    const [build = "", final = ""] = readFileSync(join(from, "Dockerfile"), "utf8")
      .split(/^FROM .*$/m)
      .slice(1);
    const stage = join(folder, "stage");
    mkdirSync(stage);
    const ignored = readFileSync(join(from, ".dockerignore"), "utf8").split("\n");
    for (const line of build.split("\n")) {
      const [, instruction, rest = ""] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
      if (instruction === "RUN") await command(stage, "sh", ["-c", rest]);
      if (instruction !== "COPY") continue;
      const sources = rest.split(" ").slice(0, -1);
      for (const source of sources) {
        assert.ok(ignored.includes(`!${source}`), `.dockerignore keeps ${source} out`);
        cpSync(join(from, source), join(stage, source), { recursive: true });
      }
    }
    const [, built = "", inside = ""] = /^COPY --from=build \/src\/(\S+) \/(\S+)$/m.exec(final) ?? [];
    const alone = join(folder, "alone");
    mkdirSync(alone);
    cpSync(join(stage, built), join(alone, inside));
    assert.match(final, new RegExp(`^ENTRYPOINT \\["/${inside}"\\]$`, "m"));
    const nri = join(from, "node_modules/.bin/nri");
    const sample = join(from, "sample/pod.yaml");
    const simulated = await command(alone, nri, ["simulate", sample, "--plugin", join(alone, inside)]);
    assert.match(simulated, /^ {2}20-my-device {2}\+ device {2}\/dev\/fuse/m);
  });

  test("the DaemonSet is a manifest that we read ourselves, with nothing but the NRI socket's folder of the node", () => {
    const text = readFileSync(join(project("my-device"), "deploy/daemonset.yaml"), "utf8");
    const [plan, ...more] = manifestToPods(readDocuments(text, "daemonset.yaml")).pods;
    assert.equal(more.length, 0);
    const [container] = plan?.containers ?? [];
    const { process, mounts = [], root } = container?.spec ?? {};
    assert.deepEqual(
      mounts.filter(({ source }) => source?.startsWith("/var/run/nri")).map(({ destination }) => destination),
      ["/var/run/nri"],
    );
    assert.deepEqual(process?.capabilities?.bounding ?? [], []);
    assert.deepEqual([process?.noNewPrivileges, root?.readonly, process?.user?.uid], [true, true, 0]);
  });

  test("the systemd unit is one that systemd takes", { skip: skipUnless(systemd) }, async () => {
    const unit = join(folder, "my-device.service");
    const text = readFileSync(join(project("my-device"), "deploy/my-device.service"), "utf8");
    // The executable is not installed here.
    writeFileSync(unit, text.replace(/^ExecStart=.*$/m, `ExecStart=${process.execPath}`));
    const told = await command(folder, use(systemd), ["verify", "--man=no", unit]);
    assert.doesNotMatch(told, /my-device\.service/);
  });

  test("the same project's plugin is tested with vitest, with its snapshots", async () => {
    const cwd = project("my-vitest");
    cpSync(project("my-bare"), cwd, { recursive: true, filter: (path) => !path.includes("node_modules") });
    execFileSync("cp", ["-al", join(project("my-bare"), "node_modules"), join(cwd, "node_modules")]);
    await npm(cwd, "install", "--save-dev", `vitest@${VITEST}`);
    const page = readFileSync(join(repositoryDir, "docs/testing.md"), "utf8");
    const block = (name: string) => page.split(`\n\`\`\`ts ${name}\n`)[1]?.split("\n```\n")[0] ?? "";
    writeFileSync(join(cwd, "src/pinner.ts"), block("pinner.ts"));
    writeFileSync(join(cwd, "src/pinner.test.ts"), block("vitest"));
    const tests = ["vitest", "run", "src/pinner.test.ts", "--no-color"];
    assert.match(await command(cwd, "npx", tests, { CI: "true" }), /Tests +1 passed/);
    // A snapshot in a file is written by the first run and holds in the second.
    const text = block("vitest").replace(/toMatchInlineSnapshot\([\s\S]*?`\)/, "toMatchSnapshot()");
    writeFileSync(join(cwd, "src/pinner.test.ts"), text);
    assert.match(await command(cwd, "npx", tests, { CI: "" }), /Snapshots +1 written/);
    assert.match(await command(cwd, "npx", tests, { CI: "true" }), /Tests +1 passed/);
    assert.ok(existsSync(join(cwd, "src/__snapshots__/pinner.test.ts.snap")));
    const wrong = text.replace('"pin.example.com", "0"', '"pin.example.com", "1"').replace('.toBe("0")', '.toBe("1")');
    writeFileSync(join(cwd, "src/pinner.test.ts"), wrong);
    await assert.rejects(command(cwd, "npx", tests, { CI: "true" }), /mismatched/);
  });
});
