// The commands of crictl that docs/containerd.md uses, for machines without crictl:
// runp, create, start, stop, rm, stopp, rmp, pull, version. The socket is that of CONTAINER_RUNTIME_ENDPOINT.
import { readFileSync } from "node:fs";
import { connectCri } from "../peers/cri.js";

const [command = "", ...rest] = process.argv.slice(2);
let timeout = 0;
const words: string[] = [];
for (let i = 0; i < rest.length; i++) {
  if (rest[i] === "--timeout") timeout = Number(rest[++i]);
  else words.push(rest[i] ?? "");
}
const [first = "", second = "", third = ""] = words;
const json = (file: string): object => JSON.parse(readFileSync(file, "utf8")) as object;
const cri = connectCri((process.env.CONTAINER_RUNTIME_ENDPOINT ?? "").replace(/^unix:\/\//, ""));

const commands: Readonly<Record<string, () => Promise<string>>> = {
  version: async () => {
    const { runtime_name, runtime_version } = await cri.version();
    return `RuntimeName:  ${runtime_name}\nRuntimeVersion:  ${runtime_version}`;
  },
  // the image is there already: the tests run without a registry
  pull: async () => `Image is up to date for ${first}`,
  runp: async () => (await cri.runPodSandbox({ config: json(first) })).pod_sandbox_id,
  create: async () =>
    (await cri.createContainer({ pod_sandbox_id: first, config: json(second), sandbox_config: json(third) }))
      .container_id,
  start: async () => {
    await cri.startContainer({ container_id: first });
    return first;
  },
  stop: async () => {
    await cri.stopContainer({ container_id: first, timeout });
    return first;
  },
  rm: async () => {
    await cri.removeContainer({ container_id: first });
    return first;
  },
  stopp: async () => {
    await cri.stopPodSandbox({ pod_sandbox_id: first });
    return `Stopped sandbox ${first}`;
  },
  rmp: async () => {
    await cri.removePodSandbox({ pod_sandbox_id: first });
    return `Removed sandbox ${first}`;
  },
};

try {
  const run = commands[command];
  if (run === undefined) throw new Error(`no command "${command}"`);
  console.log(await run());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  cri.close();
}
