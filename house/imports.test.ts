// Dependencies point one way only: ttrpc <- protocol <- {plugin, adaptation, oci} <- testing <- runtime <- cli; oci <- legacy.
import assert from "node:assert/strict";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { imports, manifests, packages, ROOT, sources } from "./tree.js";

const MAY_IMPORT: Record<string, readonly string[]> = {
  ttrpc: [],
  protocol: ["ttrpc"],
  plugin: ["ttrpc", "protocol"],
  adaptation: ["ttrpc", "protocol"],
  oci: ["ttrpc", "protocol"],
  legacy: ["protocol", "oci"],
  testing: ["ttrpc", "protocol", "plugin", "adaptation", "oci"],
  "create-nri-plugin": ["ttrpc", "protocol"],
  runtime: ["ttrpc", "protocol", "plugin", "adaptation", "oci", "testing"],
  cli: ["ttrpc", "protocol", "plugin", "adaptation", "oci", "testing", "runtime"],
};
const DEPENDENCIES: Record<string, readonly string[]> = {
  ttrpc: [],
  protocol: ["@bufbuild/protobuf"],
  plugin: [],
  adaptation: [],
  oci: ["yaml"],
  legacy: [],
};
const NODE = new Set(builtinModules);

function isTest(path: string): boolean {
  return /\.(test|fixture|test-d)\.ts$/.test(path);
}

for (const [name, allowed] of Object.entries(MAY_IMPORT)) {
  test(`packages/${name} imports only what lies to its left`, () => {
    for (const path of sources(`packages/${name}/src`)) {
      for (const module of imports(path)) {
        if (!module.startsWith("@nri/")) continue;
        const target = module.split("/")[1] ?? "";
        assert.ok(target === name || allowed.includes(target), `${path} imports ${module}`);
      }
    }
  });
}

test("a package imports another one by its name, never by a path through the tree", () => {
  for (const { folder } of packages()) {
    for (const path of sources(`${folder}/src`)) {
      for (const module of imports(path)) {
        if (!module.startsWith(".")) continue;
        assert.ok(join(path, "..", module).startsWith(`${folder}/src/`), `${path} imports ${module}`);
      }
    }
  }
});

for (const [name, allowed] of Object.entries(DEPENDENCIES)) {
  test(`@nri/${name} has no other dependencies than ${allowed.join(", ") || "its own kind"}`, () => {
    const found = new Set<string>();
    for (const path of sources(`packages/${name}/src`).filter((source) => !isTest(source))) {
      for (const module of imports(path)) {
        if (module.startsWith(".") || module.startsWith("@nri/") || module.startsWith("node:")) continue;
        assert.ok(!NODE.has(module), `${path} imports ${module} without node:`);
        found.add(module.startsWith("@") ? module.split("/").slice(0, 2).join("/") : (module.split("/")[0] ?? ""));
      }
    }
    assert.deepEqual(
      [...found].filter((module) => !allowed.includes(module)),
      [],
    );
  });
}

test("what a package imports is in its manifest, by exact version", () => {
  for (const { folder, manifest } of manifests()) {
    const pinned = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    for (const [name, version] of Object.entries(pinned))
      assert.match(version, /^\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/, `${folder}: ${name}`);
    if (folder === ".") continue;
    for (const path of sources(folder === "plugins" ? folder : `${folder}/src`).filter((source) => !isTest(source))) {
      for (const module of imports(path)) {
        if (module.startsWith(".") || module.startsWith("node:") || module.startsWith(manifest.name)) continue;
        const name = module.startsWith("@") ? module.split("/").slice(0, 2).join("/") : (module.split("/")[0] ?? "");
        assert.ok(
          Object.hasOwn(manifest.dependencies ?? {}, name),
          `${path} imports ${module}, which ${folder} does not list`,
        );
      }
    }
  }
});

// A playground in a web page will run these; they must not need Node.
const PURE = [
  "ttrpc/dist/index.js",
  "protocol/dist/index.js",
  "protocol/dist/json/index.js",
  "adaptation/dist/merge/index.js",
  "oci/dist/index.js",
  "testing/dist/browser.js",
];
for (const entry of PURE) {
  test(`${entry} bundles for a browser`, async () => {
    const result = await build({
      entryPoints: [join(ROOT, "packages", entry)],
      bundle: true,
      write: false,
      platform: "browser",
      format: "esm",
      logLevel: "silent",
    });
    assert.deepEqual(result.errors, []);
    const [output] = result.outputFiles;
    assert.ok(output !== undefined && output.contents.length > 0);
    assert.doesNotMatch(output.text, /from "node:/);
  });
}
