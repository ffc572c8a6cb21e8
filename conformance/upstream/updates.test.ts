// Cases of the reference's own tests: updates of containers in replies to CreateContainer and UpdateContainer.
import assert from "node:assert/strict";
import { ContainerUpdate, type Init, type LinuxResources, stripUpdate } from "@nri/protocol";
import { CONTAINER, type Engine, POD, testBoth } from "./engine.fixture.js";
import { CLASSES, CPU, HUGEPAGES, MEMORY } from "./resources.fixture.js";

type Resources = Init<LinuxResources>;
type Update = Init<ContainerUpdate>;

const update = (containerId: string, resources: Resources): Update => ({ containerId, linux: { resources } });
/** In a comparable form; the empty entry that the reference ends its list with is left out. */
const plain = (updates: readonly Update[]): unknown[] =>
  updates
    .map((one) => stripUpdate(ContainerUpdate.create(one)))
    .filter((one) => one !== undefined)
    .map((one) => ContainerUpdate.create(one));

/** Resources by kind, and what another plugin sets besides in the same container without a conflict. */
const KINDS: readonly (readonly [what: string, field: string, Resources, other: Resources])[] = [
  ["CPU resources", "CPUShares ", CPU, { memory: { limit: { value: 1n } } }],
  ["memory resources", "MemLimit ", MEMORY, { cpu: { shares: { value: 1n } } }],
  ["class-based resources", "BlockioClass ", CLASSES, { unified: { other: "1" } }],
  ["hugepage limits", "HugepageLimits 1M", HUGEPAGES, { hugepageLimits: [{ pageSize: "2M", limit: 1n }] }],
  [
    "unified resources",
    "CgroupsUnified resource.1",
    { unified: { "resource.1": "value1", "resource.2": "value2" } },
    { unified: { other: "1" } },
  ],
];

interface Reply {
  readonly event: "createContainer" | "updateContainer";
  readonly name: string;
  /** The container that the plugins update. */
  readonly target: string;
  ask(engine: Engine): Promise<readonly Update[]>;
}
const REQUESTED: Resources = { cpu: {}, memory: {} };
const REPLIES: readonly Reply[] = [
  {
    event: "createContainer",
    name: "CreateContainer",
    target: "ctr1",
    ask: async ({ adaptation }) => (await adaptation.createContainer({ pod: POD, container: CONTAINER })).update,
  },
  {
    event: "updateContainer",
    name: "UpdateContainer",
    target: "ctr0",
    ask: async ({ adaptation }) =>
      (await adaptation.updateContainer({ pod: POD, container: CONTAINER, linuxResources: REQUESTED })).update,
  },
];

for (const { event, name, target, ask } of REPLIES) {
  for (const [what, field, resources, other] of KINDS) {
    testBoth(`one plugin updates ${what} in its reply to ${name}: collected`, async (engine) => {
      await engine.connect({ [event]: () => ({ updates: [update(target, resources)] }) });
      assert.deepEqual(plain(await ask(engine)), plain([update(target, resources)]));
    });

    testBoth(`two plugins update ${what} in their replies to ${name}: both the same is an error`, async (engine) => {
      const updates = [update(target, resources)];
      await engine.connect({ index: "00", name: "foo", [event]: () => ({ updates }) });
      await engine.connect({ index: "10", name: "bar", [event]: () => ({ updates }) });
      await assert.rejects(ask(engine), {
        code: "conflict",
        message: `plugins "10-bar" and "00-foo" both tried to set ${field}`,
      });
    });

    testBoth(`two plugins update ${what} in their replies to ${name}: one only is collected`, async (engine) => {
      await engine.connect({ index: "00", name: "foo", [event]: () => ({ updates: [update(target, resources)] }) });
      await engine.connect({ index: "10", name: "bar", [event]: () => ({ updates: [update("ctr2", other)] }) });
      const updates = plain(await ask(engine)) as ContainerUpdate[];
      const expected = plain([update(target, resources), update("ctr2", other)]) as ContainerUpdate[];
      const byId = (a: ContainerUpdate, b: ContainerUpdate): number => (a.containerId < b.containerId ? -1 : 1);
      assert.deepEqual([...updates].sort(byId), [...expected].sort(byId));
    });
  }
}

testBoth(
  "the updated container's entry is the runtime's request with the plugins' changes, and comes last",
  async (engine) => {
    await engine.connect({
      index: "00",
      name: "foo",
      updateContainer: () => ({ updates: [update("ctr0", { cpu: { shares: { value: 1n } } })] }),
    });
    const seen: unknown[] = [];
    await engine.connect({
      index: "10",
      name: "bar",
      updateContainer: ({ linuxResources }) => {
        seen.push([linuxResources?.cpu?.shares?.value, linuxResources?.cpu?.quota?.value]);
        return { updates: [update("ctr1", { memory: { limit: { value: 3n } } })] };
      },
    });
    const { update: updates } = await engine.adaptation.updateContainer({
      pod: POD,
      container: CONTAINER,
      linuxResources: { cpu: { shares: { value: 7n }, quota: { value: 8n } } },
    });
    assert.deepEqual(seen, [[1n, 8n]]);
    assert.deepEqual(
      plain(updates),
      plain([
        update("ctr1", { memory: { limit: { value: 3n } } }),
        update("ctr0", { cpu: { shares: { value: 1n }, quota: { value: 8n } } }),
      ]),
    );
  },
);
