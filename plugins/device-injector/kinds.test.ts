// Devices, CDI devices and mounts: each kind of annotation in each place, with one entry, several, and a broken one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@nri/plugin";
import { Container, type ContainerAdjustment, PodSandbox } from "@nri/protocol";
import { inject } from "./inject.js";

function injected(annotations: Record<string, string>): ContainerAdjustment {
  const pod = PodSandbox.create({ name: "pod", annotations });
  return inject(pod, Container.create({ name: "ctr0" }), silentLogger);
}

interface Kind {
  readonly name: string;
  readonly key: string;
  /** Two entries in YAML, and how they come out. */
  readonly entries: readonly [string, string];
  readonly names: readonly [string, string];
  readonly wrong: string;
  readonly problem: RegExp;
  list(adjust: ContainerAdjustment): string[];
}
const KINDS: readonly Kind[] = [
  {
    name: "devices",
    key: "devices",
    entries: ["- {path: /dev/a, type: c, major: 1, minor: 3}", "- {path: /dev/b, type: b, major: 8, minor: 1}"],
    names: ["/dev/a c 1:3", "/dev/b b 8:1"],
    wrong: "- {path: [/dev/a]}",
    problem: /^invalid device annotation /,
    list: ({ linux }) =>
      (linux?.devices ?? []).map(({ path, type, major, minor }) => `${path} ${type} ${major}:${minor}`),
  },
  {
    name: "CDI devices",
    key: "cdi-devices",
    entries: ["- vendor0.com/device=null", "- vendor0.com/device=zero"],
    names: ["vendor0.com/device=null", "vendor0.com/device=zero"],
    wrong: "{name: vendor0.com/device=null}",
    problem: /^invalid CDI device annotation /,
    list: ({ CDIDevices }) => CDIDevices.map(({ name }) => name),
  },
  {
    name: "mounts",
    key: "mounts",
    entries: [
      "- {source: /a, destination: /mnt/a, type: bind, options: [ro, bind]}",
      "- {source: /b, destination: /mnt/b, type: bind, options: []}",
    ],
    names: ["/a /mnt/a bind ro,bind", "/b /mnt/b bind "],
    wrong: "- {source: 1, destination: {}}",
    problem: /^invalid mount annotation /,
    list: ({ mounts }) =>
      mounts.map(({ source, destination, type, options }) => `${source} ${destination} ${type} ${options.join(",")}`),
  },
];

for (const { name, key, entries, names, wrong, problem, list } of KINDS) {
  const value = entries.join("\n");
  test(`${name}: without an annotation nothing is injected`, () => {
    assert.deepEqual(list(injected({ other: value })), []);
  });
  test(`${name}: one entry is injected as it says`, () => {
    assert.deepEqual(list(injected({ [`${key}.noderesource.dev`]: entries[0] })), [names[0]]);
  });
  test(`${name}: several entries are injected in their order`, () => {
    assert.deepEqual(list(injected({ [`${key}.noderesource.dev`]: value })), names);
  });
  test(`${name}: an annotation of the container, of the pod, and of no scope count; that of another container does not`, () => {
    for (const scope of ["/container.ctr0", "/pod", ""])
      for (const domain of ["noderesource.dev", "nri.io"])
        assert.deepEqual(list(injected({ [`${key}.${domain}${scope}`]: value })), names, `${domain}${scope}`);
    assert.deepEqual(list(injected({ [`${key}.noderesource.dev/container.ctr1`]: value })), []);
  });
  test(`${name}: text that is no YAML is refused`, () => {
    assert.throws(() => injected({ [`${key}.noderesource.dev`]: "{ [ }" }), { message: problem });
  });
  test(`${name}: an entry of a wrong type is refused`, () => {
    assert.throws(() => injected({ [`${key}.noderesource.dev`]: wrong }), { message: problem });
  });
  test(`${name}: an empty annotation injects nothing`, () => {
    assert.deepEqual(list(injected({ [`${key}.noderesource.dev`]: "" })), []);
  });
}
