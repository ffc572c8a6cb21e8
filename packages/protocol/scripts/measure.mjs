// Measures the codec on the CreateContainer request that all measurements use, against protobuf-es:
// `node scripts/measure.mjs` after a build. Under 30 s. What a machine under load says is only good for ratios.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { CreateContainerRequest } from "../dist/index.js";
import { descriptorOf } from "../dist/json/registry.js";

const COLD_PROCESSES = 7;
const WARM_ROUNDS = 25;
const CALLS_PER_ROUND = 300;

const golden = new URL("../../../conformance/golden/bench-request.json", import.meta.url);
const bytes = Uint8Array.from(Buffer.from(JSON.parse(readFileSync(golden, "utf8")).hex, "hex"));
const descriptor = descriptorOf(CreateContainerRequest.typeName);
const own = { decode: CreateContainerRequest.decode, encode: CreateContainerRequest.encode };
const es = {
  decode: (input) => fromBinary(descriptor, input),
  encode: (message) => toBinary(descriptor, message),
};

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const micros = (start) => (performance.now() - start) * 1000;

function cold({ decode, encode }) {
  const times = [];
  for (let i = 0; i < 100; i++) {
    let start = performance.now();
    const message = decode(bytes);
    const decoding = micros(start);
    start = performance.now();
    encode(message);
    times.push([decoding, micros(start)]);
  }
  const mean = (from, to, which) => times.slice(from, to).reduce((sum, pair) => sum + pair[which], 0) / (to - from);
  return [0, 1].flatMap((which) => [mean(0, 1, which), mean(1, 10, which), mean(10, 100, which)]);
}

function warm(codecs) {
  const times = codecs.map(() => ({ decode: [], encode: [] }));
  for (let round = 0; round < WARM_ROUNDS; round++) {
    codecs.forEach(({ decode, encode }, which) => {
      const message = decode(bytes);
      let start = performance.now();
      for (let i = 0; i < CALLS_PER_ROUND; i++) decode(bytes);
      times[which].decode.push(micros(start) / CALLS_PER_ROUND);
      start = performance.now();
      for (let i = 0; i < CALLS_PER_ROUND; i++) encode(message);
      times[which].encode.push(micros(start) / CALLS_PER_ROUND);
    });
  }
  return times.map(({ decode, encode }) => [median(decode), median(encode)]);
}

if (process.argv[2] === "cold") {
  console.log(JSON.stringify(cold(process.argv[3] === "es" ? es : own)));
} else {
  const self = fileURLToPath(import.meta.url);
  const row = (name) => {
    const runs = Array.from({ length: COLD_PROCESSES }, () =>
      JSON.parse(execFileSync(process.execPath, [self, "cold", name], { encoding: "utf8" })),
    );
    return runs[0].map((_, column) => Math.round(median(runs.map((run) => run[column]))));
  };
  console.log(`CreateContainerRequest of ${bytes.length} bytes; microseconds per call; Node ${process.versions.node}`);
  const [ownWarm, esWarm] = warm([own, es]);
  console.log("             decode: 1st  2-10  11-100  warm | encode: 1st  2-10  11-100  warm");
  for (const [name, hot] of [
    ["generated", ownWarm],
    ["protobuf-es", esWarm],
  ]) {
    const [d1, d2, d3, e1, e2, e3] = row(name === "generated" ? "own" : "es");
    const cells = [d1, d2, d3, hot[0].toFixed(1), "|", e1, e2, e3, hot[1].toFixed(1)];
    console.log(name.padEnd(12), ...cells.map((cell) => String(cell).padStart(cell === "|" ? 1 : 7)));
  }
}
