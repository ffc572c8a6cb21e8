// Cases of the reference's own tests: a plugin that validates what others adjust.
import assert from "node:assert/strict";
import { type ContainerAdjustment, ownerOf } from "@nri/protocol";
import { CONTAINER, type Engine, POD, testBoth } from "./engine.fixture.js";

/** Creates a container with an annotation of one plugin, judged by another. */
async function createWith(key: string, engine: Engine): Promise<ContainerAdjustment | undefined> {
  const owners: (string | undefined)[] = [];
  await engine.connect({
    index: "00",
    name: "adjuster",
    createContainer: () => ({ adjust: { annotations: { [key]: "1" } } }),
  });
  await engine.connect({
    index: "00",
    name: "validator",
    validateContainerAdjustment: (request) => {
      owners.push(ownerOf(request.owners, CONTAINER.id, "Annotations", key));
      return key === "forbidden" ? "forbidden annotation" : undefined;
    },
  });
  try {
    return (await engine.adaptation.createContainer({ pod: POD, container: CONTAINER })).adjust;
  } finally {
    assert.deepEqual(owners, ["00-adjuster"]);
  }
}

testBoth("an annotation that a validating plugin allows passes", async (engine) => {
  assert.deepEqual((await createWith("allowed", engine))?.annotations, { allowed: "1" });
});

testBoth("an annotation that a validating plugin forbids fails the creation", async (engine) => {
  await assert.rejects(createWith("forbidden", engine), {
    message: 'validator "00-validator" rejected container adjustment, reason: forbidden annotation',
  });
});
