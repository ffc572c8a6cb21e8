// The edges, on made-up trees of files: CDI folders, device folders, resctrl.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { applyAdjustment } from "../apply/apply.js";
import { propagationOf } from "../apply/mountinfo.js";
import type { Spec } from "../spec/types.js";
import { findBlockDevices, glob, readHostDevice } from "./files.js";
import { blockioClassResolver, cdiDevices, cdiInjector, rdtClassResolver, readMountInfo } from "./index.js";

const SPEC: Spec = { ociVersion: "1.2.0" };

/** A folder with these files; a name that ends in `/` is a folder. */
function tree(t: TestContext, files: { readonly [name: string]: string }): string {
  const root = mkdtempSync(join(tmpdir(), "nri-oci-"));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, name.endsWith("/") ? name : dirname(name)), { recursive: true });
    if (!name.endsWith("/")) writeFileSync(join(root, name), text);
  }
  return root;
}

const cdi = (value: string, ...devices: string[]) => `cdiVersion: "0.5.0"
kind: vendor.com/dev
devices:
${devices.map((name) => `- {name: ${name}, containerEdits: {env: [${name}=${value}]}}`).join("\n")}
`;

test("CDI devices come from JSON and YAML files, later folders win, bad files cost only their own devices", (t) => {
  const root = tree(t, {
    "etc/a.yaml": cdi("static", "a", "b"),
    "etc/other.txt": "not a spec",
    "etc/sub.yaml/": "",
    "run/b.json":
      '{"cdiVersion":"0.3.0","kind":"vendor.com/dev","devices":[{"name":"b","containerEdits":{"env":["b=dynamic"]}}]}',
    "run/bad.json": "{",
  });
  const dirs = [join(root, "etc"), join(root, "run"), join(root, "absent")];
  const warnings: string[] = [];
  const injectCdiDevices = cdiInjector({ dirs, warn: (text) => warnings.push(text) });
  const adjustment = { CDIDevices: [{ name: "vendor.com/dev=a" }, { name: "vendor.com/dev=b" }] };
  assert.deepEqual(applyAdjustment(SPEC, adjustment, { injectCdiDevices }).spec.process?.env, [
    "a=static",
    "b=dynamic",
  ]);
  assert.equal(warnings.length, 2);
  assert.match(warnings.join("\n"), /sub\.yaml: not a regular file\n.*bad\.json:1:2: the document ends/);
  assert.deepEqual(cdiDevices({ dirs }), ["vendor.com/dev=a", "vendor.com/dev=b"]);
});

test("an unknown CDI device is named, with what is wrong with the files", (t) => {
  const root = tree(t, { "bad.yaml": "kind: [" });
  const injectCdiDevices = cdiInjector({ dirs: [root] });
  const adjustment = { CDIDevices: [{ name: "vendor.com/dev=a" }, { name: "nonsense" }] };
  assert.throws(() => applyAdjustment(SPEC, adjustment, { injectCdiDevices }), {
    code: "cdi-unresolvable",
    message: /^unresolvable CDI devices vendor\.com\/dev=a, nonsense \(.*\/bad\.yaml:1:/,
  });
});

test("CDI files are read anew for each container", (t) => {
  const root = tree(t, { "a.yaml": cdi("1", "a") });
  const inject = cdiInjector({ dirs: [root] });
  inject({ ociVersion: "1" }, ["vendor.com/dev=a"]);
  writeFileSync(join(root, "a.yaml"), cdi("1", "b"));
  assert.throws(() => inject({ ociVersion: "1" }, ["vendor.com/dev=a"]), { code: "cdi-unresolvable" });
  inject({ ociVersion: "1" }, ["vendor.com/dev=b"]);
});

test("a huge file is refused before it is read", (t) => {
  const root = tree(t, { "a.yaml": "" });
  truncateSync(join(root, "a.yaml"), 2 ** 40);
  assert.throws(() => blockioClassResolver({ configFile: join(root, "a.yaml") }), {
    code: "limit",
    message: /a\.yaml: longer than 4194304 bytes$/,
  });
});

test("explicit devices and mounts of an adjustment win over those of CDI", (t) => {
  const edits = {
    deviceNodes: [{ path: "/dev/x", type: "c", major: 1, minor: 3 }],
    mounts: [{ hostPath: "/cdi", containerPath: "/m" }],
  };
  const file = { cdiVersion: "0.5.0", kind: "v.com/c", devices: [{ name: "d", containerEdits: edits }] };
  const root = tree(t, { "a.json": JSON.stringify(file) });
  const adjustment = {
    CDIDevices: [{ name: "v.com/c=d" }],
    mounts: [{ destination: "/m", source: "/own" }],
    linux: { devices: [{ path: "/dev/x", type: "c", major: 7n, minor: 7n }] },
  };
  const { spec } = applyAdjustment(SPEC, adjustment, { injectCdiDevices: cdiInjector({ dirs: [root] }) });
  assert.deepEqual(spec.mounts, [{ destination: "/m", source: "/own" }]);
  assert.deepEqual(spec.linux?.devices, [{ path: "/dev/x", type: "c", major: 7n, minor: 7n }]);
});

test("device nodes of this machine are recognised", (t) => {
  const zero = readHostDevice("/dev/null");
  assert.deepEqual([zero.type, zero.major, zero.minor], ["c", 1n, 3n]);
  const root = tree(t, { file: "" });
  execFileSync("mkfifo", ["-m", "0640", join(root, "fifo")]);
  assert.throws(() => blockioClassResolver({ configFile: join(root, "fifo") }), { message: /not a regular file$/ });
  assert.deepEqual(readHostDevice(join(root, "fifo")), { type: "p", major: 0n, minor: 0n, mode: 0o640 });
  assert.throws(() => readHostDevice(join(root, "file")), /is not a device node/);
  assert.throws(() => readHostDevice(join(root, "absent")), /ENOENT/);
});

test("path patterns match as in Go, and block devices are all that counts", (t) => {
  const root = tree(t, { sda: "", sdb: "", sd1: "", "by-id/x-SSD-1": "", "by-id/y": "", ".hidden": "", "a*b": "" });
  symlinkSync(join(root, "absent"), join(root, "dangling"));
  const found = (pattern: string) => glob(`${root}/${pattern}`).map((path) => path.slice(root.length + 1));
  assert.deepEqual(found("sd[a-z]"), ["sda", "sdb"]);
  assert.deepEqual(found("sd[^a-z]"), ["sd1"]);
  assert.deepEqual(found("sd?"), ["sd1", "sda", "sdb"]);
  assert.deepEqual(found("*/*SSD*"), ["by-id/x-SSD-1"]);
  assert.deepEqual(found("a\\*b"), ["a*b"]);
  assert.deepEqual(found("*hidden"), [".hidden"]);
  assert.deepEqual(found("sda"), ["sda"]);
  assert.throws(() => glob("/dev/sd[z-a]"), { code: "class-config", message: '"sd[z-a]" is not a path pattern' });
  assert.deepEqual(findBlockDevices([`${root}/*`, "/dev/null", "/nowhere/*"]), []);
});

test("block I/O classes are resolved with the devices that are there at the time", (t) => {
  const root = tree(t, { "blockio.yaml": "Classes: {gold: [{Devices: [/dev/sd*], ThrottleReadBps: 1M}]}" });
  let disks = [{ major: 8n, minor: 0n }];
  const resolveBlockioClass = blockioClassResolver({
    configFile: join(root, "blockio.yaml"),
    findDevices: () => disks,
  });
  const adjustment = { linux: { resources: { blockioClass: { value: "gold" } } } };
  const rates = () => applyAdjustment(SPEC, adjustment, { resolveBlockioClass }).spec.linux?.resources?.blockIO;
  assert.deepEqual(rates(), { throttleReadBpsDevice: [{ major: 8n, minor: 0n, rate: 1_000_000n }] });
  disks = [];
  assert.deepEqual(rates(), {});
  const unknown = { linux: { resources: { blockioClass: { value: "tin" } } } };
  assert.throws(() => applyAdjustment(SPEC, unknown, { resolveBlockioClass }), {
    code: "blockio-class",
    message: /^failed to adjust BlockIO class in OCI Spec: no block I\/O class "tin" in .*blockio\.yaml$/,
  });
});

// What the kernel shows under /sys/fs/resctrl with two groups, one monitoring group and the info folder.
const RESCTRL = {
  tasks: "1\n",
  schemata: "L3:0=fffff;1=fffff\n",
  "info/L3/cbm_mask": "fffff\n",
  "mon_groups/m1/tasks": "",
  "gold/tasks": "",
  "gold/schemata": "L3:0=fff00;1=fff00\n",
  "silver/tasks": "",
  "silver/schemata": "L3:0=000ff;1=000ff\n",
};
const RDT_CONFIG = "partitions: {p: {l3Allocation: 100%, classes: {gold: , bronze: , system/default: }}}";

test("an RDT class is the resctrl group of its name", (t) => {
  const resctrlDir = tree(t, RESCTRL);
  const resolveRdtClass = rdtClassResolver({ resctrlDir });
  const apply = (value: string) =>
    applyAdjustment(SPEC, { linux: { resources: { rdtClass: { value } } } }, { resolveRdtClass }).spec.linux?.intelRdt;
  assert.deepEqual(apply("gold"), { closID: "gold" });
  assert.deepEqual(apply("silver"), { closID: "silver" });
  assert.deepEqual(apply("system/default"), { closID: "/" });
  for (const name of ["bronze", "info", "mon_groups"]) {
    assert.throws(() => apply(name), {
      code: "rdt-class",
      message: `failed to adjust RDT class in OCI Spec: RDT class "${name}" has no resctrl group ${resctrlDir}/${name}`,
    });
  }
  assert.throws(() => apply("../gold"), /unqualified class name/);
});

test("with a configuration an RDT class must be in it, and have its group", (t) => {
  const resctrlDir = tree(t, RESCTRL);
  const configFile = join(tree(t, { "rdt.yaml": RDT_CONFIG }), "rdt.yaml");
  const resolve = rdtClassResolver({ configFile, resctrlDir });
  assert.deepEqual(resolve("gold"), { closID: "gold" });
  assert.deepEqual(resolve("system/default"), { closID: "/" });
  assert.throws(() => resolve("silver"), { message: `no RDT class "silver" in ${configFile}` });
  assert.throws(() => resolve("bronze"), /RDT class "bronze" has no resctrl group/);
  assert.deepEqual(rdtClassResolver({ configFile, resctrlDir: null })("bronze"), { closID: "bronze" });
});

test("the mount table of this process says how the root spreads", () => {
  assert.ok(["rshared", "rslave", ""].includes(propagationOf(readMountInfo(), "/")));
});
