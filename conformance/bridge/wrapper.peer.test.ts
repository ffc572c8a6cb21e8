// The wrapper in front of real runc and crun, with a daemon that only answers: command lines, streams, descriptors, exit codes,
// signals, errors, and what happens when one of the two is not there.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import test from "node:test";
import { listenForLeases, RealRuntime } from "@nri/runtime";
import { Child } from "../peers/child.js";
import { program, root, skipUnless, use } from "../requirements.js";
import { pause, until } from "../waits.js";
import { realRuntimes } from "./real-runtimes.js";
import { WrappedLab, withVariable } from "./wrapped.js";

const runtimes = await realRuntimes();
const [runc] = runtimes;
assert.ok(runc !== undefined);

/** Without the time, which differs. */
const timeless = (text: string): string => text.replace(/time="[^"]*"/g, "").replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "");

/** Command lines around a bundle B and an id ID that create a container, by the runtime's family. */
const CREATING = {
  runc: [
    "create --bundle B ID",
    "-root R create -b=B ID",
    "--root=R --debug=false create ID --bundle B",
    "--root R -- create --no-pivot=false -bundle B -- ID",
    "--systemd-cgroup=false --log-format text --root R create --b B --pid-file P ID",
  ],
  crun: [
    "create --bundle B ID",
    "--roo=R create ID",
    "--root R create -bB --no-new-keyring -- ID",
    "--root=R --log-f text --cgroup-manager cgroupfs create --bun=B --pid-file P ID",
    "--root R -- create -f B/config.json -b B ID",
  ],
} as const;

/** Command lines that the runtimes refuse, or that are none of the daemon's business. */
const OTHERS = [
  "",
  "--version",
  "--help",
  "--root",
  "--root R",
  "--root R state none",
  "--root R kill none 9",
  "--root R delete none",
  "--root R create",
  "--root R create --bundle",
  "--root R create --bundle B",
  "--root R create --bundle B one two",
  "--root R create --no-such-option --bundle B ID",
  "--no-such-option --root R create --bundle B ID",
  "--root R create --bundle /does/not/exist ID",
  "--root R create --help",
  "--root R no-such-command",
  "---root R create --bundle B ID",
  "--root R start",
  "-",
];

for (const one of runtimes) {
  const name = "here" in one ? one.here.name : "a runtime";

  test(`${name}: command lines mean to the wrapper what they mean to the runtime`, {
    skip: skipUnless(one),
  }, async () => {
    const { path, busybox, flavour } = use(one);
    await using lab = new WrappedLab(path, busybox);
    const wrapper = await lab.wrapper();
    await lab.open();
    const bundle = lab.bundle();
    const words = (line: string, id: string): string[] =>
      line
        .split(" ")
        .filter(Boolean)
        .map((word) =>
          word
            .replace(/B(?=$|\/)/, bundle)
            .replace(/^R$|(?<==)R$/, lab.root)
            .replace(/^ID$/, id)
            .replace(/^P$/, join(lab.dir, id)),
        );
    for (const [index, line] of CREATING[flavour].entries()) {
      const id = `c${index}`;
      const inBundle = line.includes("B") ? {} : { cwd: bundle };
      const args = words(line.includes("R") ? line : `--root R ${line}`, id);
      // crun's "--roo" is ambiguous: it says so itself.
      if (line.startsWith("--roo=")) {
        const [ours, theirs] = [await lab.run(wrapper, args, inBundle), await lab.run(path, args, inBundle)];
        assert.equal(timeless(ours.stderr), timeless(theirs.stderr));
        continue;
      }
      const { code, stderr } = await lab.run(wrapper, args, inBundle);
      assert.equal(code, 0, `${line}: ${stderr}`);
      const asked = lab.asked.at(-1);
      assert.deepEqual(asked?.lease.call, { engine: "containerd", verb: "create", id, root: lab.root, bundle }, line);
      assert.deepEqual(await lab.state(id).then((found) => found?.status), "created", line);
      if (line.includes("P ID")) {
        await until("what came of it", () => asked?.over);
        assert.equal(asked?.result?.pid, (await lab.state(id))?.pid, line);
      }
      await lab.real("delete", "--force", id);
    }
    const before = lab.asked.length;
    for (const line of OTHERS) {
      const args = words(line, "other");
      const [ours, theirs] = [await lab.run(wrapper, args), await lab.run(path, args)];
      const shown = ({ code, stdout, stderr }: typeof ours) => ({ code, stdout, stderr: timeless(stderr) });
      assert.deepEqual(shown(ours), shown(theirs), line);
    }
    assert.equal(lab.asked.length, before, "nothing was asked");
    // A refusal in the text log has the form of the runtime's own lines.
    lab.answer = () => ({ kind: "refuse", text: "no room" });
    const form = (line: string): string =>
      timeless(line)
        .replace(/msg=.*/, "msg")
        .replace(/^(?! level).*/, "text");
    for (const command of ["create", "run"]) {
      const log = join(lab.dir, `${command}.log`);
      await lab.run(wrapper, ["--root", lab.root, "--log", log, command, "--bundle", bundle, "refused"]);
      await lab.run(path, ["--root", lab.root, "--log", log, "start", "none"]);
      const [ours = "", theirs = ""] = readFileSync(log, "utf8").split("\n");
      assert.match(ours, /no room/);
      assert.equal(form(ours), form(theirs), command);
    }
  });

  test(`${name}: the spec that the daemon answers is the one that runs`, { skip: skipUnless(one) }, async () => {
    const { path, busybox } = use(one);
    await using lab = new WrappedLab(path, busybox);
    const wrapper = await lab.wrapper();
    await lab.open();
    lab.answer = (lease) => (lease.call.verb === "create" ? withVariable(lease) : { kind: "follow" });
    const bundle = lab.bundle({ args: ["sh", "-c", "env; exit 3"] });
    const own = readFileSync(join(bundle, "config.json"), "utf8");
    const created = await lab.run("sh", [
      "-c",
      `exec "$@" >"${lab.dir}/out"`,
      "sh",
      wrapper,
      ...["--root", lab.root, "create", "--bundle", bundle, "c1"],
    ]);
    assert.equal(created.code, 0, created.stderr);
    assert.equal((await lab.run(wrapper, ["--root", lab.root, "start", "c1"])).code, 0);
    await until("the container's output", () => lab.read("out").includes("NRI=1"));
    assert.deepEqual(
      lab.asked.map(({ lease }) => lease.call.verb),
      ["create", "start"],
    );
    assert.equal(Buffer.from(lab.asked[0]?.lease.payload ?? []).toString("utf8"), own);
    assert.equal(readFileSync(join(bundle, "config.json.before-nri"), "utf8"), own);
    assert.match(readFileSync(join(bundle, "config.json"), "utf8"), /NRI=1/);
    await until("an empty folder", () => readdirSync(lab.folder).length === 3);
    assert.deepEqual(readdirSync(lab.folder).sort(), ["daemon.pid", "door", "lease.sock"]);
  });

  test(`${name}: run in the foreground has its streams, its exit code, and its signals`, {
    skip: skipUnless(one),
  }, async () => {
    const { path, busybox } = use(one);
    await using lab = new WrappedLab(path, busybox);
    const wrapper = await lab.wrapper({ engine: "oci" });
    await lab.open();
    lab.answer = withVariable;
    const bundle = lab.bundle({ args: ["sh", "-c", 'read -r line; echo "$line $NRI"; exit 7'] });
    const own = readFileSync(join(bundle, "config.json"), "utf8");
    const ran = await lab.run(wrapper, ["--root", lab.root, "run", "--bundle", bundle, "r1"], { stdin: "in\n" });
    assert.deepEqual([ran.code, ran.stdout, ran.stderr], [7, "in 1\n", ""]);
    assert.equal(readFileSync(join(bundle, "config.json"), "utf8"), own, "who keeps bundles himself has his own back");
    await until("what came of it", () => lab.asked[0]?.over);
    assert.equal(lab.asked[0]?.result?.code, 7);

    const trapping = lab.bundle({ args: ["sh", "-c", "trap 'exit 9' TERM; echo ready; while :; do sleep 0.1; done"] });
    const child = lab.start(wrapper, ["--root", lab.root, "run", "--bundle", trapping, "r2"]);
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    assert.equal(lab.asked.at(-1)?.over, false, "the lease lasts as long as the container");
    child.kill("SIGTERM");
    assert.deepEqual(await new Promise((resolve) => child.once("exit", (code) => resolve(code))), 9);
  });

  test(`${name}: a bundle of who calls by hand is the same for each call, also for two at once`, {
    skip: skipUnless(one),
  }, async () => {
    const { path, busybox } = use(one);
    await using lab = new WrappedLab(path, busybox);
    const wrapper = await lab.wrapper({ engine: "oci", waitSeconds: 10 });
    await lab.open();
    lab.answer = (lease) => (lease.call.verb === "start" ? { kind: "follow" } : withVariable(lease));
    const bundle = lab.bundle();
    const config = join(bundle, "config.json");
    const own = readFileSync(config, "utf8").replace(/"cgroupsPath":"[^"]*",/, "");
    writeFileSync(config, own);
    const call = (command: string, id: string): readonly string[] => [
      "--root",
      lab.root,
      command,
      "--bundle",
      bundle,
      id,
    ];
    const inFront = lab.run(wrapper, call("run", "a"));
    await until("a container", async () => (await lab.state("a"))?.status === "running");
    const others = await Promise.all(
      [call("create", "b"), call("create", "c")].map((words) =>
        lab.run("setsid", ["sh", "-c", '"$@" >/dev/null', "sh", wrapper, ...words]),
      ),
    );
    for (const { code, stderr } of others) assert.equal(code, 0, stderr);
    assert.deepEqual(
      lab.asked.map(({ lease }) => Buffer.from(lease.payload).toString("utf8") === own),
      [true, true, true],
    );
    assert.equal(readFileSync(config, "utf8"), own);
    await lab.real("kill", "a", "KILL");
    assert.equal((await inFront).code, 137);
    assert.deepEqual([readFileSync(config, "utf8"), readdirSync(bundle).sort()], [own, ["config.json", "rootfs"]]);
  });

  test(`${name}: resources of update come as a file, on standard input, and as options`, {
    skip: skipUnless(one),
  }, async () => {
    const { path, busybox, flavour } = use(one);
    await using lab = new WrappedLab(path, busybox);
    const wrapper = await lab.wrapper();
    await lab.open();
    const MIB = 1 << 20;
    const bundle = lab.bundle({ memory: 64 * MIB });
    const cgroup = (JSON.parse(readFileSync(join(bundle, "config.json"), "utf8")) as { linux: { cgroupsPath: string } })
      .linux.cgroupsPath;
    const limit = () => Number(readFileSync(`/sys/fs/cgroup/memory${cgroup}/memory.limit_in_bytes`, "utf8")) / MIB;
    assert.equal((await lab.run(wrapper, ["--root", lab.root, "create", "--bundle", bundle, "u1"])).code, 0);
    const file = join(lab.dir, "resources.json");
    writeFileSync(file, JSON.stringify({ memory: { limit: 40 * MIB } }));
    const update = async (args: readonly string[], mib: number, stdin?: string): Promise<void> => {
      const options = stdin === undefined ? {} : { stdin };
      const ran = await lab.run(wrapper, ["--root", lab.root, "update", ...args, "u1"], options);
      assert.equal(ran.code, 0, `${args.join(" ")}: ${ran.stderr}`);
      assert.equal(limit(), mib, args.join(" "));
    };
    const json = (mib: number) => JSON.stringify({ memory: { limit: mib * MIB } });
    lab.answer = () => ({ kind: "follow" });
    await update(["--resources", file], 40);
    await update([`--resources=-`], 41, json(41));
    await update(["-r", "-"], 42, json(42));
    await update(["--memory", String(43 * MIB)], 43);
    assert.deepEqual(
      lab.asked.slice(1).map(({ lease }) => JSON.parse(Buffer.from(lease.payload).toString("utf8")).memory.limit / MIB),
      [40, 41, 42, 43],
    );
    lab.answer = () => ({ kind: "pass" });
    await update(["--resources=-"], 44, json(44));
    lab.answer = () => ({ kind: "replace", payload: Buffer.from(json(50)) });
    await update(["--resources", file], 50);
    lab.answer = () => ({ kind: "replace", payload: Buffer.from(json(51)) });
    await update(["--resources=-"], 51, json(41));
    lab.answer = () => ({ kind: "replace", payload: Buffer.from(json(52)) });
    await update([flavour === "runc" ? "--memory=1g" : `--memory=${MIB}`], 52);
    lab.answer = () => ({ kind: "refuse", text: "no" });
    assert.equal((await lab.run(wrapper, ["--root", lab.root, "update", "--resources", file, "u1"])).code, 1);
    assert.equal(limit(), 52);
    await until("an empty folder", () => readdirSync(lab.folder).length === 3);
  });
}

const skip = skipUnless(runc);

test("the wrapper leaks no descriptor into a container, and takes none of the caller's away", { skip }, async () => {
  const { path, busybox } = use(runc);
  await using lab = new WrappedLab(path, busybox);
  const wrapper = await lab.wrapper();
  await lab.open();
  lab.answer = (lease) => (lease.call.verb === "start" ? { kind: "follow" } : withVariable(lease));
  const bundle = lab.bundle({ args: ["sh", "-c", "ls /proc/1/fd; :"] });
  const inContainer = async (program: string, command: string, descriptors: readonly number[]): Promise<string> => {
    const options = [`--preserve-fds=${descriptors.length}`, "--bundle", bundle];
    const redirect = `exec "$@" >"${lab.dir}/fds" 2>&1`;
    const args = ["-c", redirect, "sh", program, "--root", lab.root, command, ...options, "f1"];
    const ran = await lab.run("sh", args, { descriptors });
    if (command === "create") await lab.run(program, ["--root", lab.root, "start", "f1"]);
    await until("the container's end", () => lab.read("fds").includes("\n"));
    await lab.real("delete", "--force", "f1");
    assert.equal(ran.code, 0, lab.read("fds"));
    return lab.read("fds").split("\n").filter(Boolean).join(" ");
  };
  for (const command of ["create", "run"]) {
    // With six more there is no place for the script's three: the Node.js program takes over.
    for (const descriptors of [[], [3, 4], [3, 4, 5, 6, 7, 8]]) {
      const ours = await inContainer(wrapper, command, descriptors);
      assert.equal(ours, await inContainer(path, command, descriptors), `${command} with ${descriptors.length} more`);
      assert.equal(ours, ["0", "1", "2", ...descriptors].join(" "));
    }
  }
});

test("a container with a terminal has it through the wrapper as well", {
  skip: skipUnless(runc, program("script")),
}, async () => {
  const { path, busybox } = use(runc);
  await using lab = new WrappedLab(path, busybox);
  const wrapper = await lab.wrapper();
  await lab.open();
  const bundle = lab.bundle({ terminal: true, args: ["sh", "-c", "[ -t 0 ] && [ -t 1 ] && echo terminal; exit 4"] });
  const line = `${wrapper} --root ${lab.root} run --bundle ${bundle} t1`;
  const ran = await lab.run(use(program("script")), ["-qec", line, "/dev/null"]);
  // Before it is what the terminal shows of the end of our input.
  assert.match(ran.stdout, /terminal\r\n$/);
  assert.equal(ran.code, 4);
});

test("a refusal is the runtime's own error: in its log, on stderr, exit code 1, and nothing was created", {
  skip,
}, async () => {
  const { path, busybox } = use(runc);
  await using lab = new WrappedLab(path, busybox);
  const wrapper = await lab.wrapper();
  await lab.open();
  const text = 'plugin "10-strict": no\nroom\tfor \\ or "é"';
  lab.answer = () => ({ kind: "refuse", text });
  const expected = 'plugin "10-strict": no room for \\ or "é"';
  const bundle = lab.bundle();
  const log = join(lab.dir, "log");
  for (const command of ["create", "run"]) {
    for (const format of ["json", "text"]) {
      writeFileSync(log, "");
      const global = ["--root", lab.root, "--log", log, "--log-format", format];
      const ran = await lab.run(wrapper, [...global, command, "--bundle", bundle, "x1"]);
      assert.deepEqual([ran.code, ran.stdout, ran.stderr], [1, "", `${expected}\n`], `${command} ${format}`);
      const line = lab.read("log");
      if (format === "json") {
        const { time, ...rest } = JSON.parse(line) as { time: string };
        assert.deepEqual(rest, { level: "error", msg: expected });
        assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000, time);
      } else {
        assert.match(line, /^time="[^"]+" level=error msg="plugin \\"10-strict\\": no room for \\\\ or \\"é\\""\n$/);
      }
    }
  }
  assert.equal(await lab.state("x1"), undefined);
  assert.equal(existsSync(join(bundle, "config.json.before-nri")), false, "the bundle was left alone");
});

test("an adjusted spec that the runtime refuses: its own words, and the bundle is as it was", { skip }, async () => {
  const { path, busybox } = use(runc);
  await using lab = new WrappedLab(path, busybox);
  const wrapper = await lab.wrapper();
  await lab.open();
  const bundle = lab.bundle();
  const own = readFileSync(join(bundle, "config.json"), "utf8");
  lab.answer = () => ({ kind: "replace", payload: Buffer.from(own.replace('"sleep","60"', '"no-such-program"')) });
  for (const command of ["create", "run"]) {
    const ran = await lab.run(wrapper, ["--root", lab.root, command, "--bundle", bundle, "a1"]);
    assert.match(ran.stderr, /no-such-program/);
    assert.equal(ran.code, 1);
    assert.equal(readFileSync(join(bundle, "config.json"), "utf8"), own);
  }
  await until("what came of them", () => lab.asked.every(({ over }) => over));
  assert.deepEqual(
    lab.asked.map(({ result }) => result),
    [
      { code: 1, pid: 0 },
      { code: 1, pid: 0 },
    ],
  );
  // The mode and the owner are those of the engine's file.
  assert.equal(statSync(join(bundle, "config.json")).mode & 0o777, 0o644);
});

test("a bundle in which a call by hand was killed is not adjusted twice: calls are refused until it is as it was", async () => {
  await using lab = standInLab("exit 0");
  const wrapper = await lab.wrapper({ engine: "oci" });
  await lab.open();
  const bundle = lab.bundle();
  writeFileSync(join(bundle, "config.json.before-nri"), "its own");
  const config = readFileSync(join(bundle, "config.json"), "utf8");
  for (const command of ["create", "run"]) {
    const { code, stderr } = await lab.run(wrapper, [command, "--bundle", bundle, "k1"]);
    assert.match(stderr, /config\.json\.before-nri is there: another call uses this bundle, or was killed/);
    assert.equal(code, 1);
  }
  assert.deepEqual([lab.asked.length, lab.read(bundle.slice(lab.dir.length), "config.json")], [0, config]);
  assert.equal(readFileSync(join(bundle, "config.json.before-nri"), "utf8"), "its own");
});

test("where there is no room a call is refused, and nothing of it is left", async () => {
  await using lab = standInLab("exit 0");
  await lab.open();
  lab.answer = () => ({ kind: "replace", payload: Buffer.alloc(20_000, " ") });
  for (const [bytes, text] of [
    [20_000, /NRI: create refused: the question cannot be written/],
    [0, /NRI: create refused: the adjusted spec cannot be put beside its config\.json/],
  ] as const) {
    for (const engine of ["containerd", "oci"] as const) {
      const wrapper = await lab.wrapper({ engine });
      const bundle = lab.bundle();
      const config = readFileSync(join(bundle, "config.json"), "utf8") + " ".repeat(bytes);
      writeFileSync(join(bundle, "config.json"), config);
      const words = ["create", "--bundle", bundle, "n1"];
      const { code, stderr } = await lab.run("sh", ["-c", 'ulimit -f 8; exec "$@"', "sh", wrapper, ...words]);
      assert.match(stderr, text);
      assert.equal(code, 1);
      assert.equal(readFileSync(join(bundle, "config.json"), "utf8"), config);
      assert.deepEqual(readdirSync(bundle).sort(), ["config.json", "rootfs"]);
      await until("nothing of it in the folder", () => readdirSync(lab.folder).length === 3);
    }
  }
});

test("bad bundles: what no daemon can read passes to the runtime, which says what is wrong", { skip }, async () => {
  const { path, busybox } = use(runc);
  await using lab = new WrappedLab(path, busybox);
  const wrapper = await lab.wrapper();
  await lab.open({ maxSpecBytes: 1000 });
  lab.answer = () => ({ kind: "pass" });
  const bundle = lab.bundle();
  const config = join(bundle, "config.json");
  const both = async (): Promise<[string, string]> => {
    const args = ["--root", lab.root, "create", "--bundle", bundle, "b1"];
    const [ours, theirs] = [await lab.run(wrapper, args), await lab.run(path, args)];
    assert.equal(ours.code, 1);
    return [timeless(ours.stderr), timeless(theirs.stderr)];
  };
  for (const content of ["{", "", "[]", '{"process":7}']) {
    writeFileSync(config, content);
    const [ours, theirs] = await both();
    assert.equal(ours, theirs, content);
  }
  writeFileSync(config, JSON.stringify({ ociVersion: "x".repeat(1000) }));
  const [ours] = await both();
  assert.match(ours, /config\.json of container "b1" has more than 1000 bytes/);
});

test("without a daemon exec, kill, delete and state work, and the lifecycle is refused, or passes, as installed", {
  skip,
}, async () => {
  const { path, busybox } = use(runc);
  await using lab = new WrappedLab(path, busybox);
  const strict = await lab.wrapper();
  const whenDown = { create: "pass", run: "pass", restore: "pass", start: "pass", update: "pass" } as const;
  const lax = await lab.wrapper({ whenDown }, "lax");
  const bundle = lab.bundle();
  const log = join(lab.dir, "log.json");
  const global = ["--root", lab.root, "--log", log, "--log-format", "json"];
  // First never started, then ended.
  const calls = [
    ["create", "--bundle", bundle, "d1"],
    ["start", "d1"],
    ["update", "--resources=-", "d1"],
  ];
  for (const most of [1, calls.length]) {
    for (const args of calls.slice(0, most)) {
      writeFileSync(log, "");
      const ran = await lab.run(strict, [...global, ...args], { stdin: "{}" });
      assert.deepEqual([ran.code, ran.stdout], [1, ""], args.join(" "));
      assert.match((JSON.parse(lab.read("log.json")) as { msg: string }).msg, /: no daemon answers in/);
      assert.match(ran.stderr, new RegExp(`^NRI: ${args[0]} refused: `));
      assert.ok(ran.ms < 4_000, `refused after ${ran.ms} ms`);
    }
    const run = await lab.run(strict, [...global, "run", "--bundle", bundle, "d1"]);
    assert.match(run.stderr, /^NRI: run refused: no daemon answers/);
    await lab.open();
    await lab.close();
  }
  assert.equal((await lab.run(lax, [...global, "create", "--bundle", bundle, "d1"])).code, 0);
  assert.equal((await lab.run(lax, [...global, "start", "d1"])).code, 0);
  const json = JSON.stringify({ cpu: { shares: 512 } });
  assert.equal((await lab.run(lax, [...global, "update", "--resources=-", "d1"], { stdin: json })).code, 0);
  assert.equal((await lab.run(strict, [...global, "exec", "d1", "env"])).code, 0);
  assert.equal((await lab.run(strict, [...global, "state", "d1"])).code, 0);
  assert.equal((await lab.run(strict, [...global, "kill", "d1", "KILL"])).code, 0);
  await until("its end", async () => (await lab.state("d1"))?.status === "stopped");
  assert.equal((await lab.run(strict, [...global, "delete", "d1"])).code, 0);
  assert.deepEqual(
    readdirSync(lab.folder).filter((name) => name !== "door"),
    [],
  );
});

test("a daemon that comes back in time answers who has waited, and knows the containers of exempt namespaces not at all", {
  skip,
}, async () => {
  const { path, busybox } = use(runc);
  await using lab = new WrappedLab(path, busybox);
  const wrapper = await lab.wrapper({ waitSeconds: 10, exemptNamespaces: ["plugins"], exemptPodNamespaces: ["nri"] });
  await lab.open();
  await lab.close();
  const bundle = lab.bundle();
  const waiting = [
    lab.run(wrapper, ["--root", lab.root, "create", "--bundle", bundle, "w1"]),
    lab.run(wrapper, ["--root", lab.root, "run", "--detach", "--bundle", lab.bundle(), "w2"]),
  ];
  await pause(300);
  await lab.open();
  for (const ran of await Promise.all(waiting)) assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(lab.asked.map(({ lease }) => lease.call.id).sort(), ["w1", "w2"]);
  await lab.close();

  const begin = performance.now();
  const plugins = ["--root", join(lab.dir, "plugins")];
  const own = lab.bundle();
  for (const args of [
    ["create", "--bundle", own, "e1"],
    ["start", "e1"],
    ["delete", "--force", "e1"],
  ])
    assert.equal((await lab.run(wrapper, [...plugins, ...args])).code, 0);
  const pod = lab.bundle();
  const config = join(pod, "config.json");
  const spec = JSON.parse(readFileSync(config, "utf8")) as Record<string, unknown>;
  writeFileSync(config, JSON.stringify({ ...spec, annotations: { "io.kubernetes.cri.sandbox-namespace": "nri" } }));
  for (const args of [
    ["create", "--bundle", pod, "e2"],
    ["start", "e2"],
    ["update", "--cpu-share", "512", "e2"],
  ])
    assert.equal((await lab.run(wrapper, ["--root", lab.root, ...args])).code, 0, args.join(" "));
  assert.ok(performance.now() - begin < 5_000, "nobody was waited for");
});

/** A lab around a stand-in for runc that does what its script says, to be killed, or to be many. */
function standInLab(script: string): WrappedLab {
  return new WrappedLab((dir) => {
    const path = join(dir, "runc");
    const version = '[ "$1" = --version ] && { echo "runc version 1.0.0"; exit; }';
    writeFileSync(path, `#!/bin/sh\n${version}\n${script}\n`, { mode: 0o755 });
    return path;
  });
}

test("a wrapper that is killed loses its lease, before the answer and after it, and takes the runtime along", async () => {
  await using lab = standInLab('case "$*" in *create*) echo $$ >"$0.pid"; exec sleep 30;; esac');
  const wrapper = await lab.wrapper();
  await lab.open();
  const bundle = lab.bundle();
  let lost = 0;
  lab.answer = (lease) =>
    new Promise((resolve) => {
      lease.signal.addEventListener("abort", () => {
        lost++;
        resolve({ kind: "follow" });
      });
    });
  for (const command of ["create", "run"]) {
    const asking = lab.start(wrapper, [command, "--bundle", bundle, "k1"]);
    const asked = lab.asked.length;
    await until("a question", () => lab.asked.length > asked);
    asking.kill("SIGKILL");
    await until("the loss", () => lab.asked.at(-1)?.over);
    assert.equal(lab.asked.at(-1)?.result, undefined);
  }
  assert.equal(lost, 2);
  lab.answer = withVariable;
  const running = lab.start(wrapper, ["create", "--bundle", bundle, "k2"]);
  const pidFile = `${lab.runtime}.pid`;
  await until("the runtime", () => existsSync(pidFile) && readFileSync(pidFile, "utf8").trim() !== "");
  running.kill("SIGKILL");
  await until("the loss", () => lab.asked.at(-1)?.over);
  assert.equal(lab.asked.at(-1)?.result, undefined);
  await until("the runtime's end", () => !existsSync(`/proc/${readFileSync(pidFile, "utf8").trim()}`));
  await until("an empty folder", () => readdirSync(lab.folder).length === 3);
});

test("a runtime that a signal ends ends its wrapper the same way", async () => {
  await using lab = standInLab("kill -USR1 $$");
  const wrapper = await lab.wrapper();
  await lab.open();
  for (const command of ["create", "run"]) {
    const { code, signal } = await lab.run(wrapper, [command, "--bundle", lab.bundle(), "s1"]);
    assert.deepEqual([code, signal], [null, "SIGUSR1"], command);
    await until("what came of it", () => lab.asked.at(-1)?.over);
    assert.deepEqual(lab.asked.at(-1)?.result, { code: 138, pid: 0 });
  }
});

test("a daemon that hangs, or dies while it is asked, is not waited for without end", async () => {
  await using lab = standInLab('case "$*" in *update*) cat "$5";; esac; echo " $*"; exit 0');
  const wrapper = await lab.wrapper({ answerSeconds: 2 });
  const bundle = lab.bundle();
  const program = join(lab.dir, "daemon.mjs");
  const runtime = import.meta.resolve("@nri/runtime");
  writeFileSync(
    program,
    `import { listenForLeases } from ${JSON.stringify(runtime)};
     await listenForLeases({ socketPath: process.argv[2], handler: () => { console.log("asked"); return new Promise(() => {}); } });
     console.log("ready");`,
  );
  for (const [way, reason, most] of [
    ["SIGSTOP", /did not in 2 s|did not answer/, 8_000],
    ["SIGKILL", /went away before it answered/, 2_000],
  ] as const) {
    for (const command of ["create", "run"]) {
      await using daemon = new Child(process.execPath, [program, lab.socketPath]);
      await daemon.until("ready", (lines) => lines.find((line) => line === "ready"));
      if (way === "SIGSTOP") daemon.kill(way);
      const ran = lab.run(wrapper, [command, "--bundle", bundle, "h1"]);
      if (way === "SIGKILL") {
        await daemon.until("a question", (lines) => lines.find((line) => line === "asked"));
        daemon.kill(way);
      }
      const { code, stderr, ms } = await ran;
      assert.equal(code, 1);
      assert.match(stderr, reason, `${command} ${way}`);
      assert.ok(ms < most, `${command} ${way} refused after ${ms} ms`);
      daemon.kill("SIGKILL");
      await daemon.exited;
    }
  }
  const passes = { create: "pass", run: "pass", restore: "pass", start: "pass", update: "pass" } as const;
  const passing = await lab.wrapper({ answerSeconds: 1, whenDown: passes }, "passing");
  await using daemon = new Child(process.execPath, [program, lab.socketPath]);
  await daemon.until("ready", (lines) => lines.find((line) => line === "ready"));
  daemon.kill("SIGSTOP");
  const [create, run, update] = await Promise.all([
    lab.run(passing, ["create", "--bundle", bundle, "h1"]),
    lab.run(passing, ["run", "--bundle", bundle, "h1"]),
    lab.run(passing, ["--root", "/r", "update", "--resources", "-", "h1"], { stdin: "{}" }),
  ]);
  assert.deepEqual([create.code, create.stdout], [0, ` create --bundle ${bundle} h1\n`], create.stderr);
  assert.deepEqual([run.code, run.stdout], [0, ` run --bundle ${bundle} h1\n`], run.stderr);
  assert.match(update.stdout, /^\{\} --root \/r update --resources \/.*\.resources h1\n$/, update.stderr);
  assert.equal(update.code, 0);
});

test("a hundred calls at the same time are all answered, and leave nothing behind", async () => {
  await using lab = standInLab("exit 0");
  const wrapper = await lab.wrapper({ waitSeconds: 5 });
  await lab.open();
  lab.answer = withVariable;
  const bundles = Array.from({ length: 100 }, () => lab.bundle());
  const all = await Promise.all(bundles.map((bundle, i) => lab.run(wrapper, ["create", "--bundle", bundle, `m${i}`])));
  for (const { code, stderr } of all) assert.equal(code, 0, stderr);
  assert.equal(new Set(lab.asked.map(({ lease }) => lease.call.id)).size, 100);
  for (const bundle of bundles) assert.match(readFileSync(join(bundle, "config.json"), "utf8"), /NRI=1/);
  await until("what came of them", () => lab.asked.every(({ over, result }) => over && result?.code === 0));
  await until("an empty folder", () => readdirSync(lab.folder).length === 3);
});

test("another user can neither ask nor look, and a folder that is somebody else's is not used", {
  skip: skipUnless(root),
}, async () => {
  await using lab = standInLab("exit 0");
  const wrapper = await lab.wrapper();
  chmodSync(lab.dir, 0o755);
  await lab.open();
  const bundle = lab.bundle();
  const NOBODY = 65534;
  const asNobody = (command: string, ...args: string[]) =>
    new Promise<number | null>((resolve) =>
      spawn(command, args, { uid: NOBODY, gid: NOBODY, stdio: "ignore", cwd: "/" }).once("exit", resolve),
    );
  assert.notEqual(await asNobody("ls", lab.folder), 0);
  assert.notEqual(await asNobody("sh", "-c", `echo 1 >"${lab.folder}/door"`), 0);
  const connect = `require("net").connect(${JSON.stringify(lab.socketPath)}).on("error", (e) => process.exit(e.code === "EACCES" ? 3 : 4))`;
  assert.equal(await asNobody(process.execPath, "-e", connect), 3);
  assert.equal(await asNobody(wrapper, "create", "--bundle", bundle, "n1"), 1);
  assert.deepEqual(lab.asked, []);
  assert.equal(statSync(lab.folder).mode & 0o777, 0o700);
  assert.equal(statSync(lab.socketPath).mode & 0o777, 0o600);
  await lab.close();
  chownSync(lab.folder, NOBODY, NOBODY);
  await assert.rejects(lab.open(), /belongs to user 65534, not to 0/);
  chownSync(lab.folder, 0, 0);
});

test("a second daemon is refused, and the first one goes on", async () => {
  await using lab = standInLab("exit 0");
  const wrapper = await lab.wrapper();
  await lab.open();
  await assert.rejects(
    listenForLeases({ socketPath: lab.socketPath, handler: async () => undefined }),
    /another daemon listens/,
  );
  for (const command of ["create", "run"])
    assert.equal((await lab.run(wrapper, [command, "--bundle", lab.bundle(), "t1"])).code, 0);
  assert.equal(lab.asked.length, 2);
});

/** Variables that mean something to a shell, to Node.js, or to the script if it did not set them. */
const OF_CALLERS = {
  PATH: "/none",
  IFS: "/rc",
  CDPATH: "/tmp",
  ENV: "/none",
  BASH_ENV: "/none",
  NODE_OPTIONS: "--none",
  LC_ALL: "C.UTF-8",
  ...Object.fromEntries(
    ["id", "config", "answer", "lease_fd", "new_resources", "found", "near"].map((name) => [name, "x"]),
  ),
};

for (const [shell, args] of [
  ["bash", ["--posix"]],
  ["busybox", ["sh"]],
] as const) {
  test(`the script means the same to ${shell}`, {
    skip: skipUnless(runc, shell === "bash" ? program("bash") : runc),
  }, async () => {
    await using lab = standInLab('echo "$@"; [ "$1" = exec ] && exit 5; exit 0');
    const wrapper = await lab.wrapper();
    await lab.open();
    lab.answer = (lease) => (lease.call.verb === "create" ? withVariable(lease) : { kind: "follow" });
    const command = shell === "bash" ? use(program("bash")) : use(runc).busybox;
    const call = async (...words: readonly string[]) =>
      await lab.run(command, [...args, wrapper, ...words], { env: OF_CALLERS });
    const bundle = join(lab.dir, "-b *[x]\n'$y");
    renameSync(lab.bundle(), bundle);
    const created = await call("--root", "a b", "--log=/x", "create", "--bundle", bundle, "c'1");
    assert.deepEqual(
      [created.code, created.stdout],
      [0, `--root a b --log=/x create --bundle ${bundle} c'1\n`],
      created.stderr,
    );
    assert.equal((await call("start", "c'1")).code, 0);
    const ran = await call("run", "--bundle", basename(bundle), "--", "-r");
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual((await call("exec", "*", "$x")).code, 5);
    assert.deepEqual(
      lab.asked.map(({ lease: { call } }) => [call.verb, call.id, call.root, call.bundle]),
      [
        ["create", "c'1", "a b", bundle],
        ["start", "c'1", "", ""],
        ["run", "-r", "", bundle],
      ],
    );
    lab.answer = () => ({ kind: "refuse", text: "no" });
    assert.deepEqual([(await call("start", "x")).stderr, (await call("start", "x")).code], ["no\n", 1]);
  });
}

for (const one of runtimes) {
  const name = "here" in one ? one.here.name : "a runtime";
  test(`${name}, asked by the daemon: state, list, update, kill, delete`, { skip: skipUnless(one) }, async () => {
    const { path, busybox } = use(one);
    await using lab = new WrappedLab(path, busybox);
    const runtime = new RealRuntime({ path, root: lab.root });
    assert.deepEqual(await runtime.list(), []);
    assert.equal(await runtime.state("none"), undefined);
    await assert.rejects(runtime.kill("none", "KILL"), /failed to kill of container "none": .*does not exist/);
    const bundle = lab.bundle({ memory: 64 << 20 });
    assert.equal((await lab.real("create", "--bundle", bundle, "--", "-r1")).code, 0);
    const created = await runtime.state("-r1");
    assert.deepEqual([created?.id, created?.status, created?.bundle], ["-r1", "created", bundle]);
    assert.ok(existsSync(`/proc/${created?.pid}`));
    await runtime.update("-r1", { memory: { limit: 32n << 20n } });
    const { linux } = JSON.parse(readFileSync(join(bundle, "config.json"), "utf8")) as {
      linux: { cgroupsPath: string };
    };
    assert.equal(
      readFileSync(`/sys/fs/cgroup/memory${linux.cgroupsPath}/memory.limit_in_bytes`, "utf8"),
      `${32 << 20}\n`,
    );
    assert.deepEqual(
      (await runtime.list()).map(({ id }) => id),
      ["-r1"],
    );
    await runtime.kill("-r1", 9);
    await until("its end", async () => (await runtime.state("-r1"))?.status === "stopped");
    assert.equal((await runtime.state("-r1"))?.pid, 0);
    await runtime.delete("-r1");
    await runtime.delete("-r1");
    assert.equal(await runtime.state("-r1"), undefined);
  });
}

test("a runtime that hangs, or that talks without end, does not hold the daemon up", async () => {
  await using lab = standInLab('case "$*" in *state*) exec sleep 30;; *list*) exec yes;; esac');
  const runtime = new RealRuntime({ path: lab.runtime, timeoutMs: 300 });
  await assert.rejects(runtime.state("x"), /state -- x took more than 300 ms/);
  await assert.rejects(new RealRuntime({ path: lab.runtime }).list(), /wrote more than \d+ bytes/);
  const stopped = new AbortController();
  const asked = runtime.state("x", stopped.signal);
  stopped.abort(new Error("no time"));
  await assert.rejects(asked, /no time/);
});
