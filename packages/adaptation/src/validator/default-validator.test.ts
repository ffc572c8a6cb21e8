// The default validator's rules one by one, their order and texts, and who is required when.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerAdjustment, Init } from "@nri/protocol";
import type { BuiltinPlugin } from "../builtin/builtin-plugin.js";
import { type Lab, type LabOptions, startLab } from "../lab.fixture.js";
import { silent } from "../raw-plugin.fixture.js";
import { defaultValidator } from "./default-validator.js";
import type { ValidatorOptions } from "./options.js";
import { REQUIRED_PLUGINS_ANNOTATION } from "./required.js";

const pod = { id: "p1", name: "pod", namespace: "default" };
const container = { id: "c1", podSandboxId: "p1", name: "one" };
const RESTRICTED = 'validator "00-default-validator" rejected container adjustment, reason: validation error: ';

function adjusting(index: string, adjust: Init<ContainerAdjustment>): BuiltinPlugin {
  return { index, name: "foo", createContainer: () => ({ adjust }) };
}

function lab(options: ValidatorOptions, plugins: readonly BuiltinPlugin[] = [], more: LabOptions = {}): Promise<Lab> {
  return startLab({ builtins: [defaultValidator({ ...options, parseYaml: JSON.parse }), ...plugins], ...more });
}

/** Creates a container whose pod has these annotations; gives the error's text, or undefined. */
async function create(
  { adaptation }: Lab,
  annotations: Record<string, string> = {},
  more = {},
): Promise<string | undefined> {
  try {
    await adaptation.createContainer({ pod: { ...pod, annotations }, container: { ...container, ...more } });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const hook = { hooks: { poststop: [{ path: "/bin/true" }] } };
const seccomp = { linux: { seccompPolicy: { defaultAction: "SCMP_ACT_ALLOW" } } };

test("hooks are refused with the names of those who injected them", async () => {
  await using one = await lab({ rejectOCIHookAdjustment: true }, [adjusting("10", hook)]);
  assert.equal(await create(one), `${RESTRICTED}plugin "10-foo" attempted restricted OCI hook injection`);
  await using two = await lab({ rejectOCIHookAdjustment: true }, [adjusting("10", hook), adjusting("20", hook)]);
  assert.equal(await create(two), `${RESTRICTED}plugins "10-foo,20-foo" attempted restricted OCI hook injection`);
  assert.ok(
    two.log.includes(
      'rejecting adjustment: validation error: plugins "10-foo,20-foo" attempted restricted OCI hook injection',
    ),
  );
});

test("a seccomp policy is refused by what the container had before, and only by the option for that", async () => {
  const cases: [ValidatorOptions, number | undefined, string][] = [
    [{ rejectUnconfinedSeccompAdjustment: true }, undefined, " unconfined"],
    [{ rejectUnconfinedSeccompAdjustment: true }, 1, " unconfined"],
    [{ rejectRuntimeDefaultSeccompAdjustment: true }, 0, "runtime default"],
    [{ rejectCustomSeccompAdjustment: true }, 2, " custom"],
  ];
  for (const [options, profile, what] of cases) {
    await using here = await lab(options, [adjusting("10", seccomp)]);
    for (const profileType of [undefined, 0, 1, 2, 7]) {
      const linux = profileType === undefined ? {} : { seccompProfile: { profileType } };
      const same = profileType === profile || (profile !== 0 && profile !== 2 && (profileType ?? 1) === 1);
      const text = `${RESTRICTED}plugin 10-foo attempted restricted ${what} seccomp policy adjustment`;
      assert.equal(await create(here, {}, { linux }), same ? text : undefined);
    }
  }
});

test("namespaces are refused when they are set and when they are removed", async () => {
  for (const type of ["network", "-network"]) {
    await using here = await lab({ rejectNamespaceAdjustment: true }, [
      adjusting("10", { linux: { namespaces: [{ type, path: "" }] } }),
    ]);
    assert.equal(
      await create(here),
      `${RESTRICTED}attempted restricted namespace adjustment by plugin(s) "10-foo" (namespace "network")`,
    );
  }
});

test("sysctls are refused when they are set; a removal passes, as in the reference", async () => {
  const options = { rejectSysctlAdjustment: true };
  await using setting = await lab(options, [
    adjusting("10", { linux: { sysctl: { a: "1", b: "2" } } }),
    adjusting("20", { linux: { sysctl: { c: "3" } } }),
  ]);
  assert.equal(
    await create(setting),
    `${RESTRICTED}attempted restricted sysctl adjustment by plugin(s) 10-foo, 10-foo, 20-foo`,
  );
  await using removing = await lab(options, [adjusting("10", { linux: { sysctl: { "-a": "" } } })]);
  assert.equal(await create(removing), undefined);
});

test("rules are looked at in the reference's order", async () => {
  const all = adjusting("10", {
    ...hook,
    linux: { ...seccomp.linux, namespaces: [{ type: "ipc", path: "/x" }], sysctl: { a: "1" } },
  });
  const rules: [ValidatorOptions, string][] = [
    [{ rejectOCIHookAdjustment: true }, "OCI hook"],
    [{ rejectUnconfinedSeccompAdjustment: true }, "seccomp"],
    [{ rejectNamespaceAdjustment: true }, "namespace"],
    [{ requiredPlugins: ["bar"] }, "not present"],
    [{ rejectSysctlAdjustment: true }, "sysctl"],
  ];
  for (const [i, [, first]] of rules.entries()) {
    const options = Object.assign({}, ...rules.slice(i).map(([option]) => option)) as ValidatorOptions;
    await using here = await lab(options, [all]);
    assert.match((await create(here)) ?? "", new RegExp(first));
  }
});

test("without options everything passes, and a validator that is off is not there", async () => {
  await using on = await lab({}, [adjusting("10", { ...hook, ...seccomp })]);
  assert.equal(await create(on), undefined);
  await using off = await lab({ enable: false, rejectOCIHookAdjustment: true }, [adjusting("10", hook)]);
  assert.equal(await create(off), undefined);
  assert.ok(off.log.includes("built-in NRI default validator is disabled"));
  assert.equal(off.adaptation.plugins.length, 1);
});

test("required plugins are found by name and by index and name", async () => {
  await using here = await lab({ requiredPlugins: ["foo", "10-foo"] }, [adjusting("10", {})]);
  assert.equal(await create(here), undefined);
  await using one = await lab({ requiredPlugins: ["20-foo"] }, [adjusting("10", {})]);
  assert.equal(await create(one), `${RESTRICTED}required plugin "20-foo" not present`);
  await using two = await lab({ requiredPlugins: ["bar", "foo", "baz"] }, [adjusting("10", {})]);
  assert.equal(await create(two), `${RESTRICTED}required plugins "bar,baz" not present`);
});

test("the annotation of the container wins over that of the pod, and both name more plugins", async () => {
  await using here = await lab({ requiredPlugins: ["bar"] });
  const key = REQUIRED_PLUGINS_ANNOTATION;
  assert.equal(await create(here, { [key]: '["x"]' }), `${RESTRICTED}required plugins "bar,x" not present`);
  assert.equal(
    await create(here, { [key]: '["x"]', [`${key}/pod`]: '["y"]' }),
    `${RESTRICTED}required plugins "bar,y" not present`,
  );
  assert.equal(
    await create(here, { [`${key}/container.one`]: '["z"]', [`${key}/pod`]: '["y"]', [`${key}/container.two`]: "[" }),
    `${RESTRICTED}required plugins "bar,z" not present`,
  );
});

test("a pod may do without required plugins, in the words that Go takes for truth", async () => {
  const key = "tolerate.example.com";
  await using here = await lab({ requiredPlugins: ["bar"], tolerateMissingPluginsAnnotation: key });
  const missing = `${RESTRICTED}required plugin "bar" not present`;
  for (const value of ["1", "t", "T", "true", "TRUE", "True"]) {
    assert.equal(await create(here, { [key]: value }), undefined);
  }
  for (const value of ["0", "f", "F", "false", "FALSE", "False"]) {
    assert.equal(await create(here, { [key]: value }), missing);
  }
  for (const value of ["yes", "tRUE", "", " true", 'a"b\n']) {
    const quoted = JSON.stringify(value);
    assert.equal(
      await create(here, { [key]: value }),
      `validator "00-default-validator" rejected container adjustment, reason: invalid ${key} annotation ${quoted}: strconv.ParseBool: parsing ${quoted}: invalid syntax`,
    );
  }
  assert.equal(await create(here, { [key]: "0", [`${key}/container.one`]: "1" }), undefined);
});

test("a registered plugin that did not answer this request is not enough, unless as in the reference", async () => {
  const hung: BuiltinPlugin = { index: "10", name: "foo", createContainer: silent };
  const options = { requiredPlugins: ["foo"] };
  await using here = await lab(options, [hung], { requestTimeoutMs: 300 });
  assert.equal(await create(here), `${RESTRICTED}required plugin "foo" did not answer`);
  assert.equal(await create(here), `${RESTRICTED}required plugin "foo" not present`);
  await using reference = await lab(options, [hung], { requestTimeoutMs: 300, compat: "reference" });
  assert.equal(await create(reference), undefined);
});

test("what is asked of pods and running containers needs the required plugins too, what ends them does not", async () => {
  const key = REQUIRED_PLUGINS_ANNOTATION;
  await using here = await lab({}, [adjusting("10", {})]);
  const annotated = { ...pod, annotations: { [`${key}/pod`]: '["bar"]', [`${key}/container.two`]: '["foo"]' } };
  const { adaptation } = here;
  const refused = { code: "required-plugin", plugin: "bar" };
  await assert.rejects(adaptation.runPodSandbox({ pod: annotated }), refused);
  await assert.rejects(adaptation.updatePodSandbox({ pod: annotated }), refused);
  await assert.rejects(adaptation.startContainer({ pod: annotated, container }), refused);
  await assert.rejects(adaptation.updateContainer({ pod: annotated, container }), refused);
  await adaptation.startContainer({ pod: annotated, container: { ...container, name: "two" } });
  await adaptation.stopContainer({ pod: annotated, container });
  await adaptation.removeContainer({ pod: annotated, container });
  await adaptation.stopPodSandbox({ pod: annotated });
  await assert.rejects(adaptation.runPodSandbox({ pod: { ...pod, annotations: { [key]: "{" } } }), {
    code: "required-plugin",
    message:
      /^RunPodSandbox refused by "00-default-validator": invalid required-plugins\.noderesource\.dev annotation "\{": yaml: /,
  });
});

test("in the reference only a creation needs them", async () => {
  await using here = await lab({ requiredPlugins: ["bar"] }, [], { compat: "reference" });
  await here.adaptation.runPodSandbox({ pod });
  assert.equal(await create(here), `${RESTRICTED}required plugin "bar" not present`);
});
