// The configuration file: what is accepted, and how what is not is told.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError } from "./config-error.js";
import { defaultConfigFile } from "./default-file.js";
import { type Config, readConfig } from "./read.js";
import { PROFILES, ROWS, SETTINGS, type Settings, tableName } from "./settings.js";

const NRI = '[plugins."io.containerd.nri.v1.nri"]';
const VALIDATOR = '[plugins."io.containerd.nri.v1.nri".default_validator]';

function read(text: string): Config {
  return readConfig(text, "bridge.toml");
}

function problems(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message.split("\n");
  }
  return [];
}

const DEFAULTS = Object.fromEntries(ROWS.map(([name, { value }]) => [name, value])) as unknown as Settings;

test("nothing is a configuration: every key has its default", () => {
  const { settings, policies } = read("");
  assert.deepEqual(settings, DEFAULTS);
  assert.equal(policies, undefined);
});

test("the section of containerd's own configuration is taken as it is, in the form of each of its versions", () => {
  const body = `
  disable = false
  disable_connections = true
  plugin_config_path = "/etc/nri/conf.d"
  plugin_path = "/opt/nri/plugins"
  plugin_registration_timeout = "5s"
  plugin_request_timeout = "1m30s"
  socket_path = "/var/run/nri/nri.sock"
`;
  const validator = `
    enable = true
    reject_oci_hook_adjustment = true
    reject_runtime_default_seccomp_adjustment = true
    reject_unconfined_seccomp_adjustment = true
    reject_custom_seccomp_adjustment = true
    reject_namespace_adjustment = true
    reject_sysctl_adjustment = true
    required_plugins = ["10-foo", "bar"]
    tolerate_missing_plugins_annotation = "tolerate.example.com"
`;
  for (const [version, quote] of [
    [2, '"'],
    [3, "'"],
  ] as const) {
    const name = `plugins.${quote}io.containerd.nri.v1.nri${quote}`;
    const { settings } = read(`version = ${version}\n[${name}]${body}  [${name}.default_validator]${validator}`);
    assert.deepEqual(settings, {
      ...DEFAULTS,
      disableConnections: true,
      pluginConfigPath: "/etc/nri/conf.d",
      pluginPath: "/opt/nri/plugins",
      pluginRequestTimeout: 90_000,
      socketPath: "/var/run/nri/nri.sock",
      validatorEnable: true,
      validatorHooks: true,
      validatorDefaultSeccomp: true,
      validatorUnconfinedSeccomp: true,
      validatorCustomSeccomp: true,
      validatorNamespaces: true,
      validatorSysctls: true,
      validatorRequired: ["10-foo", "bar"],
      validatorTolerate: "tolerate.example.com",
    });
  }
});

test("an empty path and a duration of 0 keep the default, as in the reference", () => {
  const text = `${NRI}\nsocket_path = ""\nplugin_path = ""\nplugin_config_path = ""\nplugin_request_timeout = "0"
plugin_registration_timeout = "0s"\n[bridge]\nstate_dir = ""\n`;
  assert.deepEqual(read(text).settings, DEFAULTS);
});

const WRONG: readonly (readonly [text: string, ...problems: string[]])[] = [
  [
    `${NRI}\nsocket_path = "/x"\ndisabel = true\n`,
    'bridge.toml:3: plugins."io.containerd.nri.v1.nri".disabel: unknown key, did you mean plugins."io.containerd.nri.v1.nri".disable?',
  ],
  [
    `\n${VALIDATOR}\nreject_oci_hooks_adjustment = true\n`,
    'bridge.toml:3: plugins."io.containerd.nri.v1.nri".default_validator.reject_oci_hooks_adjustment: unknown key, did you mean plugins."io.containerd.nri.v1.nri".default_validator.reject_oci_hook_adjustment?',
  ],
  [
    '[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = "x"\n',
    'bridge.toml:1: plugins."io.containerd.grpc.v1.cri": unknown key; of containerd\'s configuration only [plugins."io.containerd.nri.v1.nri"] belongs here',
  ],
  [
    '[plugins."io.containerd.nri.v1.nr"]\n',
    'bridge.toml:1: plugins."io.containerd.nri.v1.nr": unknown key, did you mean plugins."io.containerd.nri.v1.nri"?',
  ],
  [
    'root = "/x"\n',
    "bridge.toml:1: root: unknown key; known at the top are plugins, bridge, domains, policies, version",
  ],
  ["bridge = 1\n", "bridge.toml:1: bridge: must be a table"],
  [
    "[domains.cri-o]\nenable = true\n",
    "bridge.toml:1: domains.cri-o: unknown key; known in [domains] are containerd, docker, podman, embedded",
  ],
  ["[bridge]\na = 1\n__proto__ = 2\n", /a: unknown/.source, /__proto__: unknown/.source],
  [
    `${NRI}\nplugin_request_timeout = 5\n`,
    'bridge.toml:2: plugins."io.containerd.nri.v1.nri".plugin_request_timeout: 5 is not a duration such as "500ms", "2s" or "1m30s"',
  ],
  [`${NRI}\nplugin_request_timeout = "5"\n`, /^bridge.toml:2: .*"5" is not a duration/.source],
  [`${NRI}\nplugin_request_timeout = ""\n`, /^bridge.toml:2: .*"" is not a duration/.source],
  [`${NRI}\nplugin_request_timeout = "2 s"\n`, /^bridge.toml:2: .*"2 s" is not a duration/.source],
  [`${NRI}\nplugin_request_timeout = "-2s"\n`, /^bridge.toml:2: .*"-2s" is negative$/.source],
  [`${NRI}\nplugin_registration_timeout = "600h"\n`, /^bridge.toml:2: .*"600h" is longer than 2147483647ms$/.source],
  [`${NRI}\ndisable = "true"\n`, /^bridge.toml:2: .*disable: "true" is not true or false$/.source],
  [`${NRI}\nplugin_path = "plugins"\n`, /^bridge.toml:2: .*plugin_path: "plugins" is no absolute path$/.source],
  [`${NRI}\nplugin_path = {}\n`, /^bridge.toml:2: .*plugin_path: a table is not a text$/.source],
  [
    `${VALIDATOR}\nrequired_plugins = [\n  "a",\n  5,\n]\n`,
    /^bridge.toml:4: .*required_plugins: 5 is not a text$/.source,
  ],
  [`${VALIDATOR}\nrequired_plugins = ["a", ""]\n`, /^bridge.toml:2: .*required_plugins: an empty entry$/.source],
  [`${VALIDATOR}\nrequired_plugins = "a"\n`, /^bridge.toml:2: .*"a" is not a list of texts$/.source],
  ['[bridge]\ncompat = "old"\n', 'bridge.toml:2: bridge.compat: "old" is not one of "default", "reference"'],
  [
    "[bridge]\nrestart_plugins = -1\n",
    "bridge.toml:2: bridge.restart_plugins: -1 is not a whole number from 0 to 1000",
  ],
  [
    `[bridge]\nlease_socket = "/${"x".repeat(107)}"\n`,
    "bridge.toml:2: bridge.lease_socket: has 108 bytes, the path of a socket at most 107",
  ],
  [
    `[bridge]\n\ncontrol_socket = "/run/nri-bridge/nri.sock"\n`,
    "bridge.toml:3: /run/nri-bridge/nri.sock is the path of two sockets",
  ],
  [
    '[[policies.rules]]\nplugin = "*"\n\n[[policies.rules]]\nplugin = "foo"\ntimeout = "soon"\n',
    'bridge.toml:6: policies.rules[1].timeout: "soon" is not a duration such as "500ms" or "2s"',
  ],
  ['[[policies.rules]]\nplugin = "*"\nretry = { attempts = 2,\n"a b" = 1 }\n', /^bridge.toml:[34]: /.source],
  [
    '[bridge]\ncompat = "reference"\n[policies]\nrequired = []\n',
    'bridge.toml:3: policies: the reference has none; leave them out, or bridge.compat = "reference"',
  ],
  ["a = = 1\n", /^bridge.toml:1: invalid TOML: /.source],
];
for (const [text, ...expected] of WRONG) {
  test(`refused with file and line: ${JSON.stringify(text)}`, () => {
    const found = problems(text);
    assert.equal(found.length, expected.length, found.join("\n"));
    for (const [at, line] of found.entries()) {
      const wanted = expected[at] ?? "";
      assert.ok(line === wanted || new RegExp(wanted).test(line), `${line}\nis not\n${wanted}`);
    }
  });
}

test("all that is wrong is told at once, in the order of lines", () => {
  const found = problems(`${NRI}\ndisable = 1\nnonsense = 2\n[bridge]\ncompat = 3\n`);
  assert.deepEqual(
    found.map((line) => line.split(":")[1]),
    ["2", "3", "5"],
  );
});

test("policies are read as --policies reads them", () => {
  const { policies, where } = read(
    '\n[[policies.rules]]\nplugin = "*"\ntimeout = "5s"\n[[policies.required]]\nplugin = "foo"\n',
  );
  assert.deepEqual(policies, { rules: [{ plugin: "*", timeoutMs: 5000 }], required: [{ plugin: "foo" }] });
  assert.deepEqual([where("policies"), where("compat")], ["bridge.toml:2", "bridge.toml"]);
});

for (const [profile, values] of Object.entries(PROFILES)) {
  test(`the default file of profile ${profile} explains every key, and says what holds without it`, () => {
    const text = defaultConfigFile(profile) ?? "";
    assert.deepEqual(read(text).settings, { ...DEFAULTS, ...values });
    // The same with every key uncommented.
    const all = text.replace(/^ {2}# ([a-z_]+ = )/gm, "  $1");
    assert.deepEqual(read(all).settings, { ...DEFAULTS, ...values });
    for (const [, { table, key }] of ROWS) {
      const section = all.split(`\n[${tableName(table)}]\n`)[1]?.split("\n[")[0] ?? "";
      assert.match(section, new RegExp(`^ {2}# .+\\n {2}${key} = `, "m"), key);
    }
    // What it shows of policies is true as well.
    const shown = text.slice(text.indexOf("# [[policies")).replace(/^# /gm, "");
    assert.equal(read(shown).policies?.rules?.[0]?.timeoutMs, 5000);
  });
}

test("there is no default file of a profile that does not exist", () => {
  assert.equal(defaultConfigFile("constructor"), undefined);
});

test("no key of a table is there twice, and each has a table with a text", () => {
  const keys = ROWS.map(([, { table, key }]) => tableName([...table, key]));
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(Object.keys(SETTINGS).length, keys.length);
});
