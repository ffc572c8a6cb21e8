// Tests of which views are compared with which.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Container, PodSandbox } from "@nri/protocol";
import { Chain, indicesOf, type View } from "./chain.js";

const view = (event: string, id: string): View => ({
  event,
  pod: PodSandbox.create({ id: "p" }),
  container: Container.create({ id }),
});

test("each place gets what the place before it saw of the same request, the first gets nothing", () => {
  const chain = new Chain(["00", "50", "99"]);
  const [first, second, third] = [view("E", "c"), view("E", "c"), view("E", "c")];
  assert.equal(chain.previous("00", first), undefined);
  assert.equal(chain.previous("50", second), first);
  assert.equal(chain.previous("99", third), second);
  assert.equal(chain.previous("99", third), undefined);
});

test("a request that another plugin has refused is not taken for the next one", () => {
  const chain = new Chain(["00", "99"]);
  chain.previous("00", view("CreateContainer", "refused"));
  const next = view("CreateContainer", "next");
  chain.previous("00", next);
  assert.equal(chain.previous("99", view("CreateContainer", "next")), next);
  assert.equal(chain.previous("99", view("CreateContainer", "refused")), undefined);
});

test("a place that was not there yet has nothing to compare with, and goes on with the next request", () => {
  const chain = new Chain(["00", "99"]);
  assert.equal(chain.previous("99", view("StartContainer", "c")), undefined);
  const stop = view("StopContainer", "c");
  chain.previous("00", stop);
  assert.equal(chain.previous("99", view("StopContainer", "c")), stop);
});

test("views that nobody takes are kept up to a number", () => {
  const chain = new Chain(["00", "99"]);
  for (let count = 0; count < 1000; count++) chain.previous("00", view("E", `c${count}`));
  assert.equal(chain.previous("99", view("E", "c935")), undefined);
  assert.equal(chain.previous("99", view("E", "c936"))?.container?.id, "c936");
});

test("indices are two at least, in one digit or two, and ascend", () => {
  assert.deepEqual(indicesOf("0,99"), ["00", "99"]);
  assert.deepEqual(indicesOf("05,7,20"), ["05", "07", "20"]);
  for (const flag of ["", "5", "5,5", "9,1", "0,100", "0,-1", "0,x", "0,", "0, 9"])
    assert.throws(() => indicesOf(flag), flag);
});
