// Generates src/gen from proto/: `npm run generate -w @nri/protocol`, or with a folder to write to instead.
// buf compiles the .proto files (offline, no plugins); the TypeScript is written here.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { base64Encode } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { readModel } from "./model.mjs";
import { writeCodec } from "./write-codec.mjs";
import { writeMessages } from "./write-messages.mjs";
import { writeShapes } from "./write-shapes.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(here, "../src/gen");

const buf = createRequire(import.meta.url).resolve("@bufbuild/buf/bin/buf");
const set = fromBinary(
  FileDescriptorSetSchema,
  execFileSync(process.execPath, [buf, "build", join(here, "../proto"), "-o", "-#format=binpb"], {
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 16 * 1024 * 1024,
  }),
);
const model = readModel(set);

for (const file of set.file) {
  file.sourceCodeInfo = undefined;
  file.$unknown = undefined; // what buf adds about its own modules
}
const descriptors = `// Generated from proto/ by scripts/generate.mjs; do not edit.

/** The compiled .proto files (a FileDescriptorSet) in base64; only JSON needs them. */
export const DESCRIPTORS =
  "${base64Encode(toBinary(FileDescriptorSetSchema, set))}";
`;

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
writeFileSync(join(target, "messages.ts"), writeMessages(model));
writeFileSync(join(target, "codec.ts"), writeCodec(model));
writeFileSync(join(target, "shapes.ts"), writeShapes(model));
writeFileSync(join(target, "descriptors.ts"), descriptors);
