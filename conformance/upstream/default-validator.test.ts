// Cases of the reference's own tests: the default validator among the plugins of a runtime.
import assert from "node:assert/strict";
import { defaultValidator, type ValidatorOptions } from "@nri/adaptation/validator";
import type { ContainerAdjustment, Init } from "@nri/protocol";
import { CONTAINER, type Engine, POD, testBoth } from "./engine.fixture.js";

type Adjustment = Init<ContainerAdjustment>;

const validator = (options: ValidatorOptions) => ({
  // annotations are YAML; those of these cases are JSON, which is YAML too
  builtins: [defaultValidator({ ...options, parseYaml: JSON.parse })],
});

async function adjusting(engine: Engine, adjust: Adjustment): Promise<void> {
  await engine.connect({ index: "10", name: "foo", createContainer: () => ({ adjust }) });
}

const create = ({ adaptation }: Engine, container = {}, pod = {}) =>
  adaptation.createContainer({ pod: { ...POD, ...pod }, container: { ...CONTAINER, ...container } });

async function rejected(creation: Promise<unknown>, reason: string): Promise<void> {
  await assert.rejects(creation, {
    message: `validator "00-default-validator" rejected container adjustment, reason: validation error: ${reason}`,
  });
}

testBoth(
  "an OCI hook is rejected when hooks are not allowed",
  async (engine) => {
    await adjusting(engine, { hooks: { prestart: [{ path: "/bin/sh" }] } });
    await rejected(create(engine), 'plugin "10-foo" attempted restricted OCI hook injection');
  },
  validator({ rejectOCIHookAdjustment: true }),
);

const SECCOMP = [
  ["the runtime's default", "rejectRuntimeDefaultSeccompAdjustment", { profileType: 0 }, "runtime default"],
  ["a custom", "rejectCustomSeccompAdjustment", { profileType: 2, localhostRef: "/xyzzy/foobar" }, " custom"],
  ["an unconfined", "rejectUnconfinedSeccompAdjustment", { profileType: 1 }, " unconfined"],
] as const;
for (const [whose, option, seccompProfile, word] of SECCOMP) {
  const adjust = { linux: { seccompPolicy: { defaultAction: "SCMP_ACT_ALLOW" } } };
  testBoth(
    `a seccomp policy in the place of ${whose} profile is rejected when not allowed`,
    async (engine) => {
      await adjusting(engine, adjust);
      const container = { linux: { seccompProfile } };
      await rejected(create(engine, container), `plugin 10-foo attempted restricted ${word} seccomp policy adjustment`);
    },
    validator({ [option]: true }),
  );
  testBoth(
    `a seccomp policy in the place of ${whose} profile is left alone when allowed`,
    async (engine) => {
      await adjusting(engine, adjust);
      const { adjust: reply } = await create(engine, { linux: { seccompProfile } });
      assert.equal(reply?.linux?.seccompPolicy?.defaultAction, "SCMP_ACT_ALLOW");
    },
    // the other two are not: only the profile that the container has counts
    validator(Object.fromEntries(SECCOMP.map(([, other]) => [other, other !== option]))),
  );
}

testBoth(
  "a namespace is rejected when not allowed, and a container without one passes",
  async (engine) => {
    let adjust: Adjustment = { env: [{ key: "A", value: "1" }] };
    await engine.connect({ index: "10", name: "foo", createContainer: () => ({ adjust }) });
    await create(engine);
    adjust = { linux: { namespaces: [{ type: "cgroup", path: "/" }] } };
    await rejected(
      create(engine),
      'attempted restricted namespace adjustment by plugin(s) "10-foo" (namespace "cgroup")',
    );
  },
  validator({ rejectNamespaceAdjustment: true }),
);

const TOLERATE = "tolerate-missing-plugins.noderesource.dev";
const required = validator({ requiredPlugins: ["foo", "20-bar"], tolerateMissingPluginsAnnotation: TOLERATE });

testBoth(
  "a missing required plugin refuses the container",
  async (engine) => {
    await adjusting(engine, {});
    await rejected(create(engine), 'required plugin "20-bar" not present');
  },
  required,
);

testBoth(
  "a missing required plugin is tolerated when the pod's annotation says so",
  async (engine) => {
    await adjusting(engine, {});
    await create(engine, {}, { annotations: { [`${TOLERATE}/container.${CONTAINER.name}`]: "true" } });
    await rejected(
      create(engine, {}, { annotations: { [`${TOLERATE}/container.other`]: "true" } }),
      'required plugin "20-bar" not present',
    );
  },
  required,
);

testBoth(
  "all required plugins that are there let the container pass",
  async (engine) => {
    await adjusting(engine, {});
    await engine.connect({ index: "20", name: "bar", createContainer: () => undefined });
    await create(engine);
  },
  required,
);

testBoth(
  "a plugin that is required by annotation and missing refuses the container, and lets it pass when it has come",
  async (engine) => {
    const annotations = { "required-plugins.noderesource.dev": '["late"]' };
    await adjusting(engine, {});
    await rejected(create(engine, {}, { annotations }), 'required plugin "late" not present');
    await engine.connect({ index: "20", name: "late", createContainer: () => undefined });
    await create(engine, {}, { annotations });
  },
  validator({ enable: true }),
);

const REQUIRE = "required-plugins.noderesource.dev";
const SETS: readonly (readonly [
  what: string,
  configured: readonly string[],
  annotations: { readonly [key: string]: string },
  missing?: string,
])[] = [
  ["none", [], {}],
  ["one by annotation that is missing", [], { [REQUIRE]: '["late"]' }, "late"],
  ["one by annotation that is there", [], { [REQUIRE]: '["foo"]' }],
  ["one by configuration that is missing", ["late"], {}, "late"],
  ["one by configuration that is there", ["foo"], {}],
  ["one by configuration that is missing and tolerated", ["late"], { [TOLERATE]: "true" }],
  ["one by annotation and one by configuration, both there", ["foo"], { [REQUIRE]: '["20-bar"]' }],
  ["one by annotation that is missing, one by configuration that is there", ["foo"], { [REQUIRE]: '["late"]' }, "late"],
  ["one by annotation that is there, one by configuration that is missing", ["late"], { [REQUIRE]: '["bar"]' }, "late"],
];
for (const [what, requiredPlugins, annotations, missing] of SETS) {
  testBoth(
    `required plugins: ${what}`,
    async (engine) => {
      await adjusting(engine, {});
      await engine.connect({ index: "20", name: "bar", createContainer: () => undefined });
      const creation = create(engine, {}, { annotations });
      if (missing === undefined) await creation;
      else await rejected(creation, `required plugin "${missing}" not present`);
    },
    validator({ requiredPlugins, tolerateMissingPluginsAnnotation: TOLERATE }),
  );
}

testBoth(
  "a sysctl is rejected when not allowed",
  async (engine) => {
    await adjusting(engine, { linux: { sysctl: { "net.ipv4.ip_forward": "1" } } });
    await rejected(create(engine), "attempted restricted sysctl adjustment by plugin(s) 10-foo");
  },
  validator({ rejectSysctlAdjustment: true }),
);
