// A new configuration for a daemon that runs: prepared first, as far as it can be had, and nothing that is lost by it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { adjustment } from "@nri/plugin";
import { startDaemon } from "./lab.fixture.js";

const SETS = { index: "50", name: "sets", createContainer: () => ({ adjust: adjustment().env("SEEN", "yes") }) };

test("what cannot be used changes nothing: a rule, a file, a folder, a socket", async () => {
  await using lab = await startDaemon({ nri: 'plugin_request_timeout = "3s"' });
  await lab.join(SETS);
  const plugin = lab.bridge?.adaptation.plugins[0];
  const info = JSON.stringify(lab.daemon.info());
  await lab.file("file", "");
  const wrong = [
    { nri: 'plugin_path = "DIR/file"' },
    { nri: 'socket_path = "DIR/file"' },
    { bridge: 'rdt_config_file = "DIR/nowhere"', nri: "disable = true" },
  ];
  for (const tables of wrong) {
    await assert.rejects(lab.reload(tables), /DIR|nri-serve-/);
    assert.equal(JSON.stringify(lab.daemon.info()), info);
    assert.deepEqual(lab.bridge?.adaptation.plugins, [plugin]);
    assert.ok((await lab.created()).process?.env?.includes("SEEN=yes"));
  }
});

test("keys that need a restart keep their values, and the log says which and where", async () => {
  await using lab = await startDaemon();
  const before = lab.daemon.info().paths;
  await lab.reload({
    bridge: 'state_dir = "DIR/elsewhere"\nwasm = false',
    rest: "[domains.containerd]\nenable = false",
  });
  assert.deepEqual(lab.daemon.info().paths, before);
  const told = lab.log.filter((line) => /takes effect when the daemon is started anew/.test(line));
  assert.deepEqual(
    told.map((line) => /msg="bridge\.toml:\d+: (\S+) takes/.exec(line)?.[1]),
    ["bridge.state_dir", "bridge.wasm", "domains.containerd.enable"],
  );
});

test("NRI is switched off and on: containers pass meanwhile, and plugins come back", async () => {
  await using lab = await startDaemon({}, (it) => it.install("10-exits", "exit 0"));
  await lab.join(SETS);
  await lab.reload({ nri: "disable = true" });
  assert.deepEqual([(await lab.create()).told, lab.daemon.plugins], [{ kind: "pass" }, []]);
  assert.equal(lab.exists("nri.sock"), false);
  await lab.reload({});
  assert.equal(lab.exists("nri.sock"), true);
  await lab.join(SETS);
  assert.ok((await lab.created()).process?.env?.includes("SEEN=yes"));
});

test("reloads come one after the other; none comes after the end", async () => {
  await using lab = await startDaemon();
  const socket = (name: string) => ({ nri: `socket_path = "DIR/${name}.sock"` });
  await Promise.all([lab.reload(socket("a")), lab.reload(socket("b")), lab.reload(socket("c"))]);
  assert.deepEqual(
    ["a", "b", "c"].map((name) => lab.exists(`${name}.sock`)),
    [false, false, true],
  );
  const last = lab.reload(socket("d")).catch(() => undefined); // it may be too late for it
  await lab.daemon.stop();
  await last;
  await assert.rejects(lab.reload({}), /the daemon was stopped/);
  assert.deepEqual(
    ["c", "d"].map((name) => lab.exists(`${name}.sock`)),
    [false, false],
  );
});
