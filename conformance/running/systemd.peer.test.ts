// packaging/systemd: units that systemd takes beside those of the engines, and a daemon that tells it when it is ready.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { nriProgram, repositoryDir } from "../paths.js";
import { Child, output } from "../peers/child.js";
import { DOCKER_LINES, type DockerLine, dockerFiles } from "../peers/docker.js";
import type { EngineFiles } from "../peers/engine-files.js";
import { program, skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";

const analyze = program("systemd-analyze");
const tmpfiles = program("systemd-tmpfiles");
const notify = program("systemd-notify");
const perl = program("perl");

const packaging = join(repositoryDir, "packaging/systemd");
const unit = readFileSync(join(packaging, "nri-bridge.service"), "utf8");

/** Units of the engines in Debian's packages, with programs that are on this machine. */
function engineUnits({ dir }: EngineFiles): readonly (readonly [name: string, text: string])[] {
  const folder = join(dir, "unpacked/usr/lib/systemd/system");
  return readdirSync(folder)
    .filter((name) => /^(docker|containerd|podman|podman-restart)\.(service|socket)$/.test(name))
    .map((name) => {
      const text = readFileSync(join(folder, name), "utf8");
      return [name, text.replace(/^(Exec\w+)=.*$/gm, "$1=/bin/true")] as const;
    });
}

/** What systemd says of a machine that starts with these units, all of them enabled as their packages do. */
function verify(folder: TestFolder, units: readonly (readonly [name: string, text: string])[]): string {
  for (const [name, text] of units) {
    folder.file(name, text);
    const [, target] = /^WantedBy=(\S+)$/m.exec(text) ?? [];
    if (target === undefined) continue;
    mkdirSync(join(folder.dir, `${target}.wants`), { recursive: true });
    symlinkSync(`../${name}`, join(folder.dir, `${target}.wants`, name));
  }
  const files = units.map(([name]) => join(folder.dir, name));
  // it writes to stderr, and ends with 1 for some of it
  return execFileSync(
    "sh",
    ["-c", '"$@" 2>&1 || :', "sh", use(analyze), "verify", "--man=no", "multi-user.target", ...files],
    {
      encoding: "utf8",
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder.dir}:` },
    },
  );
}

/** The unit as it is, but that `nri` is not installed here. */
const ours = unit.replace(/^ExecStart=nri /m, `ExecStart=${nriProgram} `);

for (const line of Object.keys(DOCKER_LINES) as DockerLine[]) {
  const files = await dockerFiles(line);
  const skip = skipUnless(analyze, files);

  test(`the unit starts before the engines of Debian's release with Docker ${line}, without a circle`, {
    skip,
  }, (t) => {
    using folder = new TestFolder();
    const engines = engineUnits(use(files));
    t.diagnostic(`beside ${engines.map(([name]) => name).join(", ")}`);
    assert.ok(engines.length >= 6);
    const before = /^Before=(.*)$/m.exec(unit)?.[1]?.split(" ") ?? [];
    for (const [name] of engines) if (name.endsWith(".service")) assert.ok(before.includes(name), name);
    assert.equal(verify(folder, [["nri-bridge.service", ours], ...engines]), "");
  });
}

test("a unit with a mistake, and one in a circle, are told by the same check", { skip: skipUnless(analyze) }, () => {
  using folder = new TestFolder();
  const wrong = ours.replace("Restart=always", "Restart=allways");
  assert.match(verify(folder, [["nri-bridge.service", wrong]]), /failed to parse service restart specifier/i);
  using other = new TestFolder();
  const circle = ours.replace(/^Before=/m, "Before=podman.socket ");
  const socket = "[Socket]\nListenStream=/run/podman/podman.sock\n[Install]\nWantedBy=sockets.target\n";
  const service = "[Service]\nExecStart=/bin/true\n";
  assert.match(
    verify(other, [
      ["nri-bridge.service", circle],
      ["podman.socket", socket],
      ["podman.service", service],
    ]),
    /ordering cycle/,
  );
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
