// The plugins about networks in real containerd, with pods that have a network of their own: network-logger tells where it is,
// network-device-injector brings a device of the host into it and back. differ stands around a plugin that changes a container.
import assert from "node:assert/strict";
import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { repositoryDir } from "../paths.js";
import { output } from "../peers/child.js";
import {
  CONTAINERD_LINES,
  type Containerd,
  type ContainerdLine,
  containerdFiles,
  startContainerd,
} from "../peers/containerd.js";
import { program, skipUnless, use } from "../requirements.js";
import { ourPlugin, texts } from "../sample-plugins/go-lines.js";
import { runPod } from "./pods.js";

const INSTALL = join(repositoryDir, "packages/plugin/bin/nri-install-plugin.mjs");
const INJECTOR = join(repositoryDir, "plugins/dist/network-device-injector/network-device-injector.js");
const DEVICE = "[{name: nri0, new_name: eth1, address: 192.0.2.2, prefix: 24, mtu: 1400}]";

/** Runs a program where containerd is: with CNI it has a network and mounts of its own. */
async function beside(containerd: Containerd, ...command: string[]): Promise<string> {
  const pid = readFileSync(join(containerd.stateDir, "pid"), "utf8").trim();
  return await output("nsenter", ["-t", pid, "-m", "-n", ...command]);
}

for (const line of Object.keys(CONTAINERD_LINES) as ContainerdLine[]) {
  const files = await containerdFiles(line);
  const needs = [files, program("ip"), program("nsenter")];

  test(`containerd ${line}: plugins about networks, and differ`, { skip: skipUnless(...needs) }, async (t) => {
    await using containerd = await startContainerd(use(files), {
      env: { CNI_SUBNET: "10.88.7.0/24" },
      prepare: async (stateDir) => {
        await output(process.execPath, [
          INSTALL,
          "--index",
          "50",
          "--plugin-dir",
          join(stateDir, "nri-plugins"),
          INJECTOR,
        ]);
      },
    });
    t.diagnostic(`containerd ${containerd.version}`);
    const { nriSocket } = containerd;
    await using logger = ourPlugin("network-logger", "-idx", "10", "-socket", nriSocket);
    await containerd.joined("10-network-logger");
    await using differ = ourPlugin("differ", "-indices", "0,99", "-socket-path", nriSocket);
    await containerd.joined("99-differ");
    await using injector = ourPlugin("device-injector", "-idx", "20", "-socket-path", nriSocket);
    await containerd.joined("20-device-injector");
    for (const child of [logger, differ, injector]) assert.ok(child.running, child.stderr.join("\n"));
    await beside(containerd, "ip", "link", "add", "nri0", "type", "veth", "peer", "name", "nri0-peer");

    await using pod = await runPod(containerd, {
      name: "own",
      network: "POD",
      annotations: {
        "netdevice.noderesource.dev": DEVICE,
        "devices.noderesource.dev/container.main": "[{path: /dev/nri-null, type: c, major: 1, minor: 3}]",
      },
    });
    const main = await pod.container({ name: "main" });
    const address = /inet (10\.88\.7\.\d+)\/24/.exec(await main.sh("ip address show dev eth0"))?.[1];
    // NRI has the addresses of pods since v0.8
    const ips = line === "1.7" ? "[]" : `[${address}]`;

    await t.test("network-logger tells the namespace and the addresses that the pod really has", async () => {
      assert.ok(address !== undefined);
      const [, path = "", told] =
        texts(logger)
          .map((text) => /^Started pod default\/own: namespace=(\S+) ips=(.*)$/.exec(text))
          .find(Boolean) ?? [];
      assert.equal(told, ips);
      const [, inode] = /\[(\d+)\]/.exec(readlinkSync(`/proc/${main.pid}/ns/net`)) ?? [];
      assert.equal((await beside(containerd, "stat", "-L", "-c", "%i", path)).trim(), inode);
    });

    await t.test("network-device-injector has moved the device into the pod, with name, address and MTU", async () => {
      const eth1 = await main.sh("ip address show dev eth1");
      assert.match(eth1, /<[^>]*\bUP\b[^>]*> mtu 1400 /);
      assert.match(eth1, /inet 192\.0\.2\.2\/24 /);
      await assert.rejects(beside(containerd, "ip", "link", "show", "dev", "nri0"), /does not exist/);
    });

    await t.test("differ tells what device-injector has changed", () => {
      const lines = texts(differ).filter((text) => text.startsWith("[99] CreateContainer: "));
      const created = lines.map((text) =>
        /container: create: \[Linux Devices \d+ (\w+)\]: From: <nil> -> To: (.*)$/.exec(text),
      );
      assert.deepEqual(
        created.flatMap((match) => (match === null ? [] : [`${match[1]}=${match[2]}`])),
        ["Path=/dev/nri-null", "Type=c", "Major=1", "Minor=3"],
        lines.join("\n"),
      );
      assert.equal(lines[0], "[99] CreateContainer: pod: <no changes>");
    });

    await t.test("a pod on the host's network has no namespace, and no devices", async () => {
      await using host = await runPod(containerd, { name: "host" });
      await host.end();
      assert.ok(texts(logger).includes("Started pod default/host: namespace=<host-network> ips=[]"));
      const refused = runPod(containerd, { name: "wants", annotations: { "netdevice.noderesource.dev": DEVICE } });
      await assert.rejects(refused, {
        message:
          /trying to inject network device on host network Pod \(pod default\/wants, annotation netdevice\.noderesource\.dev\)/,
      });
    });

    await t.test("a malformed annotation refuses the pod and names it", async () => {
      const annotations = { "netdevice.noderesource.dev/pod": "[{name: nri0, address: 1.2.3}]" };
      await assert.rejects(runPod(containerd, { name: "wrong", network: "POD", annotations }), {
        message: /error parsing address 1\.2\.3 \(pod default\/wrong, annotation netdevice\.noderesource\.dev\/pod\)/,
      });
    });

    await pod.end();

    await t.test(
      line === "1.7" ? "the device has gone with the namespace" : "the device is back on the host, down",
      async () => {
        const there = beside(containerd, "ip", "address", "show", "dev", "nri0");
        // 1.7 tells it when the namespace has gone, and a veth with it; the Go plugin can do no more
        if (line === "1.7") await assert.rejects(there, /does not exist/);
        else {
          const nri0 = await there;
          assert.match(nri0, /^\d+: nri0@[^<]*<(?![^>]*\bUP\b)/);
          assert.doesNotMatch(nri0, /192\.0\.2\.2/);
        }
      },
    );

    await t.test("network-logger tells of the end of the pod", () => {
      assert.ok(texts(logger).includes(`Stopped pod default/own: ips=${ips}`), texts(logger).join("\n"));
      assert.ok(texts(logger).includes(`Removed pod default/own: ips=${ips}`));
    });
  });
}
