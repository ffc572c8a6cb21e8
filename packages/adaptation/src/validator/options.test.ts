// The default validator's options in the three spellings that files have.
import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultValidator } from "./default-validator.js";
import { readValidatorOptions } from "./options.js";

const all = {
  enable: true,
  rejectOCIHookAdjustment: true,
  rejectRuntimeDefaultSeccompAdjustment: true,
  rejectUnconfinedSeccompAdjustment: true,
  rejectCustomSeccompAdjustment: true,
  rejectNamespaceAdjustment: true,
  rejectSysctlAdjustment: true,
  requiredPlugins: ["10-foo", "bar"],
  tolerateMissingPluginsAnnotation: "tolerate.example.com",
};

test("the YAML names are read", () => {
  assert.deepEqual(readValidatorOptions(all, "file"), all);
});

test("the TOML names give the same options", () => {
  const toml = {
    enable: true,
    reject_oci_hook_adjustment: true,
    reject_runtime_default_seccomp_adjustment: true,
    reject_unconfined_seccomp_adjustment: true,
    reject_custom_seccomp_adjustment: true,
    reject_namespace_adjustment: true,
    reject_sysctl_adjustment: true,
    required_plugins: ["10-foo", "bar"],
    tolerate_missing_plugins_annotation: "tolerate.example.com",
  };
  assert.deepEqual(readValidatorOptions(toml, "file"), all);
});

test("the names of the Go structure give the same options", () => {
  const go = {
    Enable: true,
    RejectOCIHookAdjustment: true,
    RejectRuntimeDefaultSeccompAdjustment: true,
    RejectUnconfinedSeccompAdjustment: true,
    RejectCustomSeccompAdjustment: true,
    RejectNamespaceAdjustment: true,
    RejectSysctlAdjustment: true,
    RequiredPlugins: ["10-foo", "bar"],
    TolerateMissingAnnotation: "tolerate.example.com",
  };
  assert.deepEqual(readValidatorOptions(go, "file"), all);
});

test("a file without options, or without enable, has the validator off", () => {
  assert.deepEqual(readValidatorOptions(undefined, "file"), { enable: false });
  assert.deepEqual(readValidatorOptions(null, "file"), { enable: false });
  assert.deepEqual(readValidatorOptions({ requiredPlugins: null }, "file"), { enable: false });
});

test("what is wrong is named with its place and value", () => {
  const cases: [unknown, string][] = [
    [5, "file: 5 is no table of validator options"],
    [[], "file: [] is no table of validator options"],
    [{ enable: "yes" }, 'file: enable: "yes" is no boolean'],
    [{ required_plugins: "foo" }, 'file: required_plugins: "foo" is no list of strings'],
    [{ requiredPlugins: [1] }, "file: requiredPlugins: [1] is no list of strings"],
    [{ tolerateMissingPluginsAnnotation: 5n }, 'file: tolerateMissingPluginsAnnotation: "5" is no string'],
    [{ enable: true, Enable: true }, 'file: "enable" and "Enable" are the same option'],
  ];
  for (const [value, message] of cases) {
    assert.throws(() => readValidatorOptions(value, "file"), { code: "invalid-option", message });
  }
  assert.throws(() => readValidatorOptions({ rejectEverything: true }, "file"), {
    message: /^file: "rejectEverything" is no option of the default validator \(enable, rejectOCIHookAdjustment, /,
  });
});

test("options in code that would forbid nothing are refused", () => {
  const parseYaml = JSON.parse;
  defaultValidator({ ...readValidatorOptions(all, "file"), enable: undefined, parseYaml });
  for (const [options, message] of [
    [{ reject_sysctl_adjustment: true, parseYaml }, /"reject_sysctl_adjustment" is its name in a file/],
    [{ rejectSysctl: true, parseYaml }, /"rejectSysctl" is no option of the default validator/],
    [{ rejectSysctlAdjustment: "yes", parseYaml }, /rejectSysctlAdjustment: "yes" is no boolean/],
    [{ rejectSysctlAdjustment: true }, /parseYaml is no function/],
  ] as const) {
    assert.throws(() => defaultValidator(options as never), { code: "invalid-option", message });
  }
});
