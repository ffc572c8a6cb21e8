// Our v010-adapter beside our runtime: events, failures, and programs that the runtime no longer waits for.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Place } from "../compat/place.js";
import { until } from "../waits.js";
import { AdapterStage, CONTAINER, POD, requestOf } from "./adapter-stage.js";

test("the adapter calls plugins at four events; its configuration is read anew for each", async () => {
  await using place = await Place.make();
  const stage = await AdapterStage.make(place);
  const runtime = stage.runtime();
  await using adapter = await stage.start(); // there is no configuration yet
  await runtime.plugins(1);
  assert.equal((await runtime.step({ op: "RunPodSandbox", req: { pod: POD } })).ok, true);
  await stage.recorder();
  for (const op of ["CreateContainer", "StartContainer", "PostStartContainer", "StopContainer", "RemoveContainer"])
    assert.equal((await runtime.step({ op, req: { pod: POD, container: CONTAINER } })).ok, true, op);
  assert.equal((await runtime.step({ op: "StopPodSandbox", req: { pod: POD } })).ok, true);
  const requests = stage.seen().map((line) => JSON.parse(line) as { state: string; id: string; sandboxID: string });
  assert.deepEqual(
    requests.map(({ state, id, sandboxID }) => [state, id, sandboxID]),
    [
      ["create", "c1", "p1"],
      ["delete", "c1", "p1"],
      ["delete", "p1", "p1"],
    ],
  );
  await runtime.end();
  assert.equal(await adapter.exited, 0);
});

test("a failing plugin fails the event with its text, but not the stop of a container", async () => {
  await using place = await Place.make();
  const stage = await AdapterStage.make(place);
  await stage.recorder(`echo '{"error": "no room"}'`);
  const runtime = stage.runtime();
  await using adapter = await stage.start();
  await runtime.plugins(1);
  const ask = async (op: string) => {
    const { ok, error } = await runtime.step({ op, req: requestOf(op, POD, CONTAINER) });
    return ok === true ? "" : error;
  };
  for (const op of ["RunPodSandbox", "StartContainer", "StopPodSandbox"])
    assert.equal(await ask(op), "rpc error: code = Unknown desc = plugin: recorder: no room", op);
  assert.equal(await ask("StopContainer"), "");
  await place.file("nri/conf.json", "{");
  assert.match(
    (await ask("StartContainer")) ?? "",
    /conf\.json:1:2: the document ends where a key in quotes was expected$/,
  );
  assert.equal(await ask("StopContainer"), "");
  await runtime.end();
  const log = adapter.stderr.join("\n");
  assert.match(log, /ERROR nri invoke failed: plugin: recorder: no room/);
  assert.match(log, /ERROR Failed to delete nri for "c1": plugin: recorder: no room/);
  assert.match(log, /ERROR unable to create nri client: /);
});

test("a program that still runs when the runtime has given up is killed", async () => {
  await using place = await Place.make();
  const stage = await AdapterStage.make(place);
  await stage.recorder(`echo $$ > ${join(place.dir, "pid")}; exec sleep 60`);
  const runtime = stage.runtime(["--req-timeout", "1s"]);
  await using adapter = await stage.start();
  await runtime.plugins(1);
  const { ok } = await runtime.step({ op: "RunPodSandbox", req: { pod: POD } });
  const pid = Number(readFileSync(join(place.dir, "pid"), "utf8"));
  assert.ok(pid > 1);
  await until(`the program ${pid} is gone`, () => !alive(pid));
  await runtime.end();
  // Both have the same deadline: it was dropped, or has said first that the program was given up.
  assert.equal(await adapter.exited, ok ? 1 : 0);
});

function alive(pid: number): boolean {
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
