// packaging/systemd: units that systemd takes beside those of the engines, and a daemon that tells it when it is ready.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { cacheDir, nriProgram, repositoryDir } from "../paths.js";
import { Child, output } from "../peers/child.js";
import { program, skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";

const analyze = program("systemd-analyze");
const tmpfiles = program("systemd-tmpfiles");
const notify = program("systemd-notify");
const perl = program("perl");

const packaging = join(repositoryDir, "packaging/systemd");
const unit = readFileSync(join(packaging, "nri-bridge.service"), "utf8");

/** Units of the engines in Debian's packages, with programs that are on this machine. */
function engineUnits(suite: string): readonly (readonly [name: string, text: string])[] {
  const folder = join(cacheDir, `${suite}-engines`, "unpacked/usr/lib/systemd/system");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^(docker|containerd|podman|podman-restart)\.(service|socket)$/.test(name))
    .map((name) => {
      const text = readFileSync(join(folder, name), "utf8");
      return [name, text.replace(/^(Exec\w+)=.*$/gm, "$1=/bin/true")] as const;
    });
}

for (const suite of ["bookworm", "forky"]) {
  test(`the unit starts before the engines of ${suite}, without a circle`, { skip: skipUnless(analyze) }, async (t) => {
    using folder = new TestFolder();
    // nri is not installed here
    folder.file("nri-bridge.service", unit.replace(/^ExecStart=nri /m, `ExecStart=${nriProgram} `));
    const engines = engineUnits(suite);
    for (const [name, text] of engines) folder.file(name, text);
    t.diagnostic(`beside ${engines.map(([name]) => name).join(", ") || "no unit of an engine: none was fetched"}`);
    const ours = /^Before=(.*)$/m.exec(unit)?.[1]?.split(" ") ?? [];
    for (const [name] of engines) if (name !== "docker.socket") assert.ok(ours.includes(name), name);
    const files = ["nri-bridge.service", ...engines.map(([name]) => name)].map((name) => join(folder.dir, name));
    const told = execFileSync(use(analyze), ["verify", "--man=no", ...files], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder.dir}:` },
    });
    assert.equal(told, "");
  });
}

test("a unit with a mistake, and one in a circle, are told by the same check", {
  skip: skipUnless(analyze),
}, async () => {
  using folder = new TestFolder();
  const good = unit.replace(/^ExecStart=nri /m, `ExecStart=${nriProgram} `);
  const verify = async (text: string): Promise<string> => {
    const file = folder.file("nri-bridge.service", text);
    return execFileSync("sh", ["-c", `"$0" verify --man=no "$1" 2>&1 || :`, use(analyze), file], {
      encoding: "utf8",
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder.dir}:` },
    });
  };
  assert.match(
    await verify(good.replace("Restart=always", "Restart=allways")),
    /failed to parse service restart specifier/i,
  );
  folder.file(
    "docker.service",
    "[Unit]\nWants=nri-bridge.service\nBefore=nri-bridge.service\n[Service]\nExecStart=/bin/true\n",
  );
  const circle = good.replace("[Service]", "Wants=docker.service\n[Service]");
  assert.match(await verify(circle), /cycle/);
});

test("the wrappers' folder is there from boot on, for root alone", { skip: skipUnless(tmpfiles) }, async () => {
  using folder = new TestFolder();
  await output(use(tmpfiles), ["--create", `--root=${folder.dir}`, join(packaging, "nri-bridge.tmpfiles.conf")]);
  for (const name of ["run/nri-bridge", "run/nri-bridge/oci"])
    assert.equal(statSync(join(folder.dir, name)).mode & 0o7777, 0o700, name);
});

/** Prints each datagram that comes to a socket. */
const RECEIVER = `use Socket; $| = 1;
socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die; bind($s, pack_sockaddr_un($ARGV[0])) or die $!; print "listening\\n";
while (defined recv($s, my $text, 4096, 0)) { $text =~ s/\\n/ /g; print "$text\\n"; }`;

test("nri serve tells systemd that it is ready, after its ready line", { skip: skipUnless(notify, perl) }, async () => {
  use(notify);
  using folder = new TestFolder();
  const { dir } = folder;
  mkdirSync(join(dir, "plugins"));
  writeFileSync(join(dir, "bridge.toml"), configuration(dir));
  await using receiver = new Child(use(perl), ["-e", RECEIVER, `${dir}/notify`]);
  await receiver.until("its socket", ([first]) => first);
  const serve = (socket: string) =>
    new Child(nriProgram, ["serve", "--config", join(dir, "bridge.toml")], {
      env: { ...process.env, NOTIFY_SOCKET: socket },
    });
  {
    await using daemon = serve(`${dir}/notify`);
    const told = await receiver.until("READY", (lines) => lines.find((line) => line.includes("READY=1")), 30_000);
    assert.match(told, /READY=1/);
    assert.match(told, /STATUS=plugins: none yet; domains: none yet/);
    assert.match(daemon.stdout.join("\n"), /"ready":true/);
    assert.doesNotMatch(daemon.stderr.join("\n"), /NOTIFY_SOCKET/);
  }
  await using alone = serve(`${dir}/nobody`);
  await alone.until("a warning", (_, stderr) => stderr.find((line) => line.includes("NOTIFY_SOCKET is set")), 30_000);
  assert.match(alone.stdout.join("\n"), /"ready":true/);
});

function configuration(dir: string): string {
  return `[plugins."io.containerd.nri.v1.nri"]
socket_path = "${dir}/nri.sock"
plugin_path = "${dir}/plugins"
plugin_config_path = "${dir}/conf.d"
[bridge]
state_dir = "${dir}/state"
lease_socket = "${dir}/oci/lease.sock"
control_socket = "${dir}/control/control.sock"
[domains.containerd]
enable = false
[domains.embedded]
enable = false
`;
}
