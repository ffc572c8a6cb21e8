// The cases of containerd's and CRI-O's own NRI tests in real containerd.
import test from "node:test";
import { CONTAINERD_LINES, type ContainerdLine, containerdFiles, startContainerd } from "../peers/containerd.js";
import { skipUnless, use } from "../requirements.js";
import { CASES } from "./cases.js";
import { runPod } from "./pods.js";

for (const line of Object.keys(CONTAINERD_LINES) as ContainerdLine[]) {
  const files = await containerdFiles(line);

  test(`containerd ${line}: the cases of its own NRI tests`, { skip: skipUnless(files) }, async (suite) => {
    await using containerd = await startContainerd(use(files));
    suite.diagnostic(`containerd ${containerd.version}`);
    const stage = {
      ...containerd,
      runPod: (options: Parameters<typeof runPod>[1]) => runPod(containerd, options),
      ends: "lost" as const,
      namespaceOf: (namespace: string) => namespace,
    };
    for (const { title, run } of CASES.filter(({ network }) => network === undefined)) {
      await suite.test(`${title}`, async (t) => await run(stage, t));
    }
  });
}
