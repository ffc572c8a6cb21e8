// What must hold for the repository as a whole.
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { manifests, ROOT, trackedFiles } from "./tree.js";

const FILES = trackedFiles().filter((path) => existsSync(join(ROOT, path)));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

test("all packages have one version and the licence Apache-2.0", () => {
  const version = (JSON.parse(read("package.json")) as { version: string }).version;
  for (const { folder, manifest } of manifests()) {
    assert.equal(manifest.version, version, folder);
    assert.equal((manifest as { license?: string }).license, "Apache-2.0", folder);
  }
});

test("every dependency has its sentence in docs/dependencies.md, and no other has one", () => {
  const listed = [...read("docs/dependencies.md").matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1]);
  const used = new Set<string>();
  for (const { manifest } of manifests()) {
    for (const name of Object.keys({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    })) {
      if (!name.startsWith("@nri/")) used.add(name);
    }
  }
  assert.deepEqual([...listed].sort(), [...used].sort());
});

test("no build output is committed but the generated protocol code", () => {
  assert.deepEqual(
    FILES.filter((path) => /(^|\/)(dist|node_modules|\.cache)\//.test(path) || /\.(tsbuildinfo|log)$/.test(path)),
    [],
  );
});

test("links in the documentation lead somewhere", () => {
  for (const path of FILES.filter((file) => file.endsWith(".md") && !file.startsWith("api/"))) {
    for (const [, target = ""] of read(path)
      .replace(/```[\s\S]*?```/g, "")
      .matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target) || target.startsWith("#")) continue;
      const file = join(ROOT, dirname(path), target.split("#")[0] ?? "");
      assert.ok(existsSync(file), `${path} links to ${target}`);
    }
  }
});

test("each source says in its first line what it is for", () => {
  for (const path of FILES.filter((file) => /\.(ts|mjs|js|go|proto|sh)$/.test(file) && !file.includes("/gen/"))) {
    const [first = "", second = ""] = read(path).split("\n");
    const line = first.startsWith("#!") ? second : first;
    assert.match(line, path.endsWith(".sh") ? /^#/ : /^(\/\/|\/\*)/, path);
  }
});

test("nothing names a package registry's host or a path of somebody's machine", () => {
  const registry = new RegExp(
    ["registry\\.npmjs", "proxy\\.golang", "deb\\.debian", "pypi\\.org", "crates\\.io/api"].join("|"),
  );
  const machine = new RegExp(["(?<![\\w}])/root/", `/${"work"}/(main|shared)`].join("|"));
  for (const path of FILES) {
    if (path === "house/repository.test.ts" || statSync(join(ROOT, path)).size > 4 << 20) continue;
    const text = read(path);
    if (path === "package-lock.json") continue;
    assert.equal(text.match(registry)?.[0], undefined, path);
    assert.equal(text.match(machine)?.[0], undefined, path);
  }
});

test("every page of docs/ is in the list of the README", () => {
  const listed = read("README.md");
  const pages = FILES.filter((path) => /^docs\/[^/]+\.md$/.test(path));
  assert.deepEqual(
    pages.filter((path) => !listed.includes(`](${path})`)),
    [],
  );
});

test("every folder of conformance/ is told of in its README", () => {
  const told = read("conformance/README.md");
  const folders = new Set(FILES.flatMap((path) => /^conformance\/([^/]+)\//.exec(path)?.[1] ?? []));
  assert.deepEqual(
    [...folders].filter((folder) => !told.includes(`\`${folder}/`)),
    [],
  );
});

test("the files that the README's reader expects are there", () => {
  for (const path of ["LICENSE", "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", ".ci/run"]) {
    assert.ok(FILES.includes(path), path);
  }
});

test("the lockfile names every optional package, so that npm ci works where they were not all to be had", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  for (const [path, { optionalDependencies }] of Object.entries(packages)) {
    for (const name of Object.keys(optionalDependencies ?? {})) {
      assert.ok(
        Object.hasOwn(packages, `node_modules/${name}`) || Object.hasOwn(packages, `${path}/node_modules/${name}`),
        `${path} needs ${name}`,
      );
    }
  }
});
