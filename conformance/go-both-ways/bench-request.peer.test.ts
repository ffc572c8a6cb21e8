// The request that the benchmark uses for our side is, byte for byte, the one that the Go program makes for its side.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { CreateContainerRequest } from "@nri/protocol";
import { fromJson } from "@nri/protocol/json";
import { goldenDir } from "../paths.js";
import { output } from "../peers/child.js";
import { goPeers } from "../peers/go-peers.js";
import type { JsonObject } from "../peers/json.js";
import { skipUnless, use } from "../requirements.js";

const go = await goPeers();

test("both sides of the benchmark ask the same", { skip: skipUnless(go) }, async () => {
  const dumped = JSON.parse(await output(use(go).refruntime, ["-bench", "dump"])) as { bytes: number; hex: string };
  const golden = JSON.parse(readFileSync(join(goldenDir, "bench-request.json"), "utf8")) as { json: JsonObject };
  const ours = CreateContainerRequest.encode(fromJson(CreateContainerRequest, golden.json));
  assert.equal(ours.length, dumped.bytes);
  const decoded = CreateContainerRequest.decode(Buffer.from(dumped.hex, "hex"));
  assert.deepEqual(decoded, CreateContainerRequest.decode(ours));
});
