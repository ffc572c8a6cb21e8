// Names, versions, event masks, removal marks and wire maps, held against what the Go library answers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseEventMask, printEventMask } from "./event-mask.js";
import { copyMap, deleteOwn, getOwn, hasOwn, isEmptyMap, ownEntries, setOwn, type WireMap } from "./maps.js";
import { checkPluginIndex, checkPluginName, displayName, parsePluginName, qualifiedName } from "./names.js";
import { markForRemoval, removalOf } from "./removal.js";
import { cutGitSuffix, inferNriVersion } from "./versions.js";

const INDICES: readonly [string, string | undefined][] = [
  ["00", undefined],
  ["99", undefined],
  ["", 'invalid plugin index "", must be 2 digits'],
  ["1", 'invalid plugin index "1", must be 2 digits'],
  ["100", 'invalid plugin index "100", must be 2 digits'],
  ["٠٠", 'invalid plugin index "٠٠", must be 2 digits'],
  ["1a", 'invalid plugin index "1a" (not [0-9][0-9])'],
  ["é", 'invalid plugin index "é" (not [0-9][0-9])'],
];
for (const [index, problem] of INDICES) {
  test(`index ${JSON.stringify(index)} is ${problem === undefined ? "accepted" : "refused in the reference's words"}`, () => {
    if (problem === undefined) assert.doesNotThrow(() => checkPluginIndex(index));
    else assert.throws(() => checkPluginIndex(index), { code: "invalid-name", message: problem });
  });
}

const NAMES: readonly [string, string | undefined][] = [
  ["a.b_c-d+E9", undefined],
  ["", "invalid plugin name: name is empty"],
  ["a b", `invalid plugin name "a b": contains invalid character ' '`],
  ["é", `invalid plugin name "é": contains invalid character 'é'`],
  ["a\nb", `invalid plugin name "a\\nb": contains invalid character '\\n'`],
  ["a'b", `invalid plugin name "a'b": contains invalid character '\\''`],
  ["a\0b", `invalid plugin name "a\\x00b": contains invalid character '\\x00'`],
  ['a"b c', `invalid plugin name "a\\"b c": contains invalid character '"'`],
];
for (const [name, problem] of NAMES) {
  test(`base name ${JSON.stringify(name)} is ${problem === undefined ? "accepted" : "refused in the reference's words"}`, () => {
    if (problem === undefined) assert.doesNotThrow(() => checkPluginName(name));
    else assert.throws(() => checkPluginName(name), { code: "invalid-name", message: problem });
  });
}

test("a file name is split at its first dash, and only the index is checked", () => {
  assert.deepEqual(parsePluginName("10-a-b"), { index: "10", name: "a-b" });
  assert.deepEqual(parsePluginName("10-"), { index: "10", name: "" });
  assert.deepEqual(parsePluginName("10-a b"), { index: "10", name: "a b" });
  assert.throws(() => parsePluginName("10"), { message: 'invalid plugin name "10", idx-pluginname expected' });
  assert.throws(() => parsePluginName("-a"), { message: 'invalid plugin index "", must be 2 digits' });
});

test("a plugin is shown by index and name, in logs also by where it comes from", () => {
  assert.equal(displayName("10", "foo"), "10-foo");
  assert.equal(qualifiedName("external", { index: "10", name: "foo" }, 7), "external:10-foo[7]");
  assert.equal(qualifiedName("builtin", { index: "10", name: "foo" }), "builtin:10-foo");
  assert.equal(qualifiedName("pre-connected", {}, 3), "pre-connected:??-plugin[3]");
});

const MASKS: readonly [string, number | string][] = [
  ["all", 0x3fff],
  ["ALL", 0x3fff],
  ["pod", 0x1807],
  ["podsandbox", 0x1807],
  ["container", 0x27f8],
  ["createcontainer", 0x8],
  [" CreateContainer\t", 0x8],
  ["startcontainer,Pod", 0x1827],
  ["validatecontaineradjustment", 0x2000],
  [" all", 'unknown event " all"'],
  ["startcontainer, pod", 'unknown event " pod"'],
  [" Bogus x", 'unknown event " bogus x"'],
  ["createcontainer,", 'unknown event ""'],
  ["CREATE_CONTAINER", 'unknown event "create_container"'],
  ["last", 'unknown event "last"'],
];
for (const [text, expected] of MASKS) {
  test(`event names ${JSON.stringify(text)} give ${typeof expected === "number" ? `0x${expected.toString(16)}` : "an error"}`, () => {
    if (typeof expected === "number") assert.equal(parseEventMask(text), expected);
    else assert.throws(() => parseEventMask(text), { code: "invalid-name", message: expected });
  });
}

test("a mask is printed by names in numeric order, other bits as numbers", () => {
  assert.equal(printEventMask(0), "");
  assert.equal(printEventMask(0x28), "CreateContainer,StartContainer");
  assert.equal(printEventMask(0x4001), "RunPodSandbox,unknown(15)");
  assert.equal(printEventMask(0x10008), "CreateContainer,unknown(0x10000)");
  assert.match(printEventMask(-1), /,ValidateContainerAdjustment,unknown\(15\),unknown\(0x-8000\)$/);
  assert.equal(parseEventMask(printEventMask(0x3fff)), 0x3fff);
});

const VERSIONS: readonly [string, string, string][] = [
  ["containerd", "v1.7.5", "v0.3.0"],
  ["containerd", "v9.9.9", "v0.11.0"],
  ["containerd", "v2.0.0-rc.1", "v0.8.0"],
  ["containerd", "v1.7.26-rc.0", "v0.6.1"],
  ["containerd", "v1.7.27-3-gabcdef.m", "v0.8.0"],
  ["containerd", "v2", "v0.8.0"],
  ["containerd", "v2.2.1+unknown", "v0.11.0"],
  ["cri-o", "v1.28.9", "v0.3.1-0.20230504231226-94185418e253"],
  ["cri-o", "v1.35.7", "v0.11.0"],
  ["containerd", "v1.6.9", 'failed to find latest version for "v1.6.9"'],
  ["containerd", "1.7.0", 'failed to find latest version for "1.7.0"'],
  ["containerd", "v01.7.0", 'failed to find latest version for "v01.7.0"'],
  ["containerd", "v1.7.0-alpha", 'failed to find latest version for "v1.7.0-alpha"'],
  ["containerd", "v2.2.0+a..b", 'failed to find latest version for "v2.2.0+a..b"'],
  ["containerd", "v2.2.0+a.b", "v0.10.0"],
  ["containerd", "v2.2.0-rc.1-5-gabc", "v0.8.0"],
  ["containerd", "", 'failed to find latest version for ""'],
  ["docker", "v29.0.0", `can't infer version for unknown runtime "docker"`],
];
for (const [runtime, version, expected] of VERSIONS) {
  test(`${runtime} ${JSON.stringify(version)} ${expected.startsWith("v") ? "comes with a known NRI" : "has an unknown NRI"}`, () => {
    const result = inferNriVersion(runtime, version);
    assert.equal("version" in result ? result.version : result.problem, expected);
  });
}

test("what git describe adds to a version is cut off, other suffixes stay", () => {
  assert.equal(cutGitSuffix("v1.7.26-rc.0-3-gabc.m"), "v1.7.26-rc.0");
  assert.equal(cutGitSuffix("v1.7.26-3-gabc"), "v1.7.26");
  assert.equal(cutGitSuffix("v1.7.26-3-gABC.dirty"), "v1.7.26");
  assert.equal(cutGitSuffix("v1.7.26-18446744073709551615-gf123456789abcdef"), "v1.7.26");
  assert.equal(cutGitSuffix("v1.7.26-3-gabc."), "v1.7.26-3-gabc.");
  assert.equal(cutGitSuffix("v1.7.26-3-gabc.m+x"), "v1.7.26-3-gabc.m+x");
  assert.equal(cutGitSuffix("v1.7.26-3-gxyz"), "v1.7.26-3-gxyz");
  assert.equal(cutGitSuffix("v1.7.26"), "v1.7.26");
});

test("a key is marked for removal by a dash, and an empty key is no mark", () => {
  assert.equal(markForRemoval("a"), "-a");
  assert.equal(markForRemoval("-a"), "--a");
  assert.equal(markForRemoval(""), "-");
  assert.equal(removalOf("-"), "");
  assert.equal(removalOf("-a"), "a");
  assert.equal(removalOf("a"), undefined);
  assert.equal(removalOf(""), undefined);
});

test("a wire map keeps every key, also those that an object has by nature", () => {
  const map: WireMap<string> = {};
  for (const key of ["__proto__", "constructor", "toString", "", "-"]) {
    assert.equal(hasOwn(map, key), false, key);
    assert.equal(getOwn(map, key), undefined, key);
    setOwn(map, key, `value of ${key}`);
    assert.equal(getOwn(map, key), `value of ${key}`);
  }
  assert.equal(Object.getPrototypeOf(map), Object.prototype);
  assert.deepEqual(ownEntries(copyMap(map)), ownEntries(map));
  assert.equal(ownEntries(map).length, 5);
  assert.equal(deleteOwn(map, "__proto__"), true);
  assert.equal(deleteOwn(map, "__proto__"), false);
  assert.equal(hasOwn(map, "__proto__"), false);
  assert.equal(isEmptyMap(map), false);
  assert.equal(isEmptyMap({}), true);
  assert.equal(isEmptyMap(undefined), true);
  assert.deepEqual(ownEntries(undefined), []);
});
