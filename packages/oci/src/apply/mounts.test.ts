// Mounts: order, replacement, and what their propagation needs of the host.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerAdjustment, Init } from "@nri/protocol";
import type { Spec } from "../spec/types.js";
import { applyAdjustment } from "./apply.js";
import { propagationOf } from "./mountinfo.js";
import { cleanPath, compareBytes } from "./path.js";

// Root shared; /private private; /slave slave of a peer group; /both slave and shared; a blank in a name.
const TABLE = `21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 21 8:2 / /private rw - ext4 /dev/sda2 rw
31 21 8:3 / /slave rw master:7 - ext4 /dev/sda3 rw
32 21 8:4 / /both rw master:7 shared:9 - ext4 /dev/sda4 rw
33 21 8:5 / /with\\040blank rw unbindable - ext4 /dev/sda5 rw
broken line
`;
const mountInfo = () => TABLE;
const SPEC: Spec = { ociVersion: "1.2.0" };

type Mounts = Init<ContainerAdjustment>["mounts"];
const bind = (destination: string, source: string, ...options: string[]) => ({
  destination,
  type: "bind",
  source,
  options,
});

test("the longest mount point above a path decides its propagation, and the first tag of it", () => {
  for (const [path, expected] of [
    ["/", "rshared"],
    ["/home/x", "rshared"],
    ["/private", ""],
    ["/private/x", ""],
    ["/privateer", "rshared"],
    ["/slave/../slave//x/.", "rslave"],
    ["/both", "rslave"],
    ["/with blank/x", ""],
  ] as const) {
    assert.equal(propagationOf(TABLE, path), expected, path);
  }
  assert.throws(() => propagationOf(TABLE, "tmpfs"), {
    code: "mount-propagation",
    message: 'failed to get mount info for "tmpfs"',
  });
});

for (const [option, source, root, refusal] of [
  ["rprivate", "/private", undefined, undefined],
  ["rshared", "/x", "rshared", undefined],
  ["rslave", "/x", "rslave", undefined],
  ["rslave", "/slave", "rslave", undefined],
  ["rshared", "/slave", undefined, 'path "/slave" mount propagation is "rslave", not "rshared"'],
  ["rslave", "/private", undefined, 'path "/private" mount propagation is "", not "rshared or rslave"'],
  ["rshared", "tmpfs", undefined, 'failed to get mount info for "tmpfs"'],
] as const) {
  test(`a mount of ${source} with ${option} ${refusal === undefined ? "is made" : "is refused"}`, () => {
    for (const compat of ["default", "reference"] as const) {
      const apply = () => applyAdjustment(SPEC, { mounts: [bind("/m", source, option)] }, { compat, mountInfo });
      if (refusal === undefined) assert.equal(apply().spec.linux?.rootfsPropagation, root);
      else assert.throws(apply, { message: `failed to adjust mounts in OCI Spec: ${refusal}` });
    }
  });
}

test("without a mount table nothing is checked", () => {
  const { spec } = applyAdjustment(SPEC, { mounts: [bind("/m", "/private", "rshared")] });
  assert.equal(spec.linux?.rootfsPropagation, "rshared");
});

test("the mount table is read once, and only when a mount needs it", () => {
  let read = 0;
  const options = {
    mountInfo: () => {
      read++;
      return TABLE;
    },
  };
  applyAdjustment(SPEC, { mounts: [bind("/m", "/private", "rprivate"), bind("/n", "/private")] }, options);
  assert.equal(read, 0);
  applyAdjustment(SPEC, { mounts: [bind("/m", "/", "rshared"), bind("/n", "/", "rslave")] }, options);
  assert.equal(read, 1);
});

test("rslave does not weaken a root that is shared already, and the last of several options counts", () => {
  for (const rootfsPropagation of ["rshared", "rslave"]) {
    const spec: Spec = { ...SPEC, linux: { rootfsPropagation } };
    const { spec: after } = applyAdjustment(spec, { mounts: [bind("/m", "/", "rslave")] }, { mountInfo });
    assert.equal(after.linux?.rootfsPropagation, rootfsPropagation);
  }
  const { spec } = applyAdjustment(SPEC, { mounts: [bind("/m", "/", "rshared", "rslave", "rprivate")] }, { mountInfo });
  assert.equal(spec.linux, undefined);
});

test("a mount that names no propagation has none; the reference takes over that of the mount before", () => {
  const mounts: Mounts = [bind("/a", "/", "rslave"), bind("/b", "/private")];
  assert.equal(applyAdjustment(SPEC, { mounts }, { mountInfo }).spec.mounts?.length, 2);
  assert.throws(() => applyAdjustment(SPEC, { mounts }, { mountInfo, compat: "reference" }), {
    message: 'failed to adjust mounts in OCI Spec: path "/private" mount propagation is "", not "rshared or rslave"',
  });
});

test("mounts come out by depth of their destination, then by its bytes", () => {
  const spec: Spec = { ...SPEC, mounts: [{ destination: "/a/b/c" }, { destination: "/b" }] };
  const mounts: Mounts = ["/\u{10000}", "/\uffee", "/a/b/../../c//d/", "/Z", "/"].map((path) => bind(path, "/"));
  const { spec: after } = applyAdjustment(spec, { mounts });
  assert.deepEqual(
    after.mounts?.map((mount) => mount.destination),
    ["/", "/Z", "/b", "/\uffee", "/\u{10000}", "/a/b/../../c//d/", "/a/b/c"],
  );
});

test("without mounts in the adjustment those of the spec keep their order", () => {
  const spec: Spec = { ...SPEC, mounts: [{ destination: "/a/b" }, { destination: "/a" }] };
  assert.deepEqual(applyAdjustment(spec, { args: ["x"] }).spec.mounts, spec.mounts);
});

test("only the first mount of a destination is replaced or removed", () => {
  const twice = [
    { destination: "/a", source: "1" },
    { destination: "/a", source: "2" },
  ];
  const removed = applyAdjustment({ ...SPEC, mounts: twice }, { mounts: [{ destination: "-/a" }] });
  assert.deepEqual(removed.spec.mounts, [{ destination: "/a", source: "2" }]);
});

test("a cleaned path has no dots and no doubled slashes", () => {
  for (const [path, clean] of [
    ["", "."],
    ["/", "/"],
    ["//a//b/", "/a/b"],
    ["/a/./b/../c", "/a/c"],
    ["/../a", "/a"],
    ["../a/..", ".."],
    ["a/..", "."],
  ] as const) {
    assert.equal(cleanPath(path), clean);
  }
});

test("texts are compared by their bytes", () => {
  const texts = ["", "a", "ab", "b", "é", "\uffee", "\u{10000}"];
  for (const left of texts) {
    for (const right of texts) {
      const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right));
      assert.equal(Math.sign(compareBytes(left, right)), bytes, `${left} ${right}`);
    }
  }
});

for (const [what, key, adjustment] of [
  ["mounts", "destination", (mounts: object[]) => ({ mounts })],
  ["devices", "path", (devices: object[]) => ({ linux: { devices } })],
  ["huge page limits", "pageSize", (hugepageLimits: object[]) => ({ linux: { resources: { hugepageLimits } } })],
] as const) {
  test(`thousands of ${what} are applied without comparing each with each`, () => {
    let reads = 0;
    const old = Array.from({ length: 3000 }, (_, i) =>
      Object.defineProperty({ type: "c" }, key, {
        enumerable: true,
        get: () => {
          reads++;
          return `/old/${i}`;
        },
      }),
    ) as never[];
    const spec: Spec = { ...SPEC, mounts: old, linux: { devices: old, resources: { hugepageLimits: old } } };
    const added = old.map((_, i) => ({ [key]: `/new/${i}`, type: "c" }));
    applyAdjustment(spec, adjustment(added) as Init<ContainerAdjustment>);
    assert.ok(reads < 100 * old.length, `${reads} reads of ${key}`);
  });
}
