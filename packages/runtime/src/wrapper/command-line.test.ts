// Command lines, read as runc and crun read them. conformance/bridge/wrapper.peer.test.ts asks the real ones.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lastOf, readCommandLine } from "./command-line.js";
import type { FlavourName } from "./flavour.js";

/** What was read, short: `verb id option=value`, or `-` for what becomes the runtime at once. */
function read(flavour: FlavourName, line: string): string {
  const found = readCommandLine(
    flavour,
    line.split(" ").map((word) => (word === "''" ? "" : word)),
  );
  if (found === undefined) return "-";
  const options = [...found.global, ...found.own].map(({ name, value }) => `${name}=${value}`);
  return [found.verb, found.id, ...options].join(" ");
}

test("runc: one dash or two, values apart or after =, the command's options on both sides of the container", () => {
  const rows = {
    "create x": "create x",
    "--root /r --log=/l -log-format json create -b /b x": "create x root=/r log=/l log-format=json bundle=/b",
    "-root=/r create --b=/b x --pid-file p": "create x root=/r bundle=/b pid-file=p",
    "--debug=false --systemd-cgroup create --no-pivot x": "create x debug=false systemd-cgroup= no-pivot=",
    "-- create x": "create x",
    "create -- x": "create x",
    "--root list create x": "create x root=list",
    "update --resources - x": "update x resources=-",
    "update -r=f x --memory 1": "update x resources=f memory=1",
    "run -d x": "run x detach=",
  };
  for (const [line, expected] of Object.entries(rows)) assert.equal(read("runc", line), expected, line);
});

test("crun: names may be cut short, letters joined; the command's options end at the container", () => {
  const rows = {
    "--roo=/r create x": "-",
    "--log-f json --cgroup-m cgroupfs create x": "create x log-format=json cgroup-manager=cgroupfs",
    "--log /l create -b/b -fother x": "create x log=/l bundle=/b config=other",
    "create --bun /b x": "create x bundle=/b",
    "run -db /b x": "run x detach= bundle=/b",
    "create x --bundle /b": "-",
    "create --no-new-keyring --no-pivot -- x": "create x no-new-keyring= no-pivot=",
    "update -r- x": "update x resources=-",
    "--debug=1 create x": "-",
    "-root /r create x": "-",
  };
  for (const [line, expected] of Object.entries(rows)) assert.equal(read("crun", line), expected, line);
});

test("what is no call to ask about becomes the runtime at once", () => {
  const lines = [
    "''",
    "state x",
    "exec x create",
    "--root",
    "--root create",
    "create",
    "create ''",
    "create x y",
    "--version",
    "-v create x",
    "create --help",
    "create --unknown x",
    "--unknown create x",
    "create x --bundle",
    "- create x",
    "--=x create x",
  ];
  for (const line of lines)
    for (const flavour of ["runc", "crun"] as const) assert.equal(read(flavour, line), "-", line);
  for (const line of ["---root /r create x", "-b /b create x"]) assert.equal(read("runc", line), "-", line);
});

test("an option's value has its place, so that another one can be put there; the last one counts", () => {
  const found = readCommandLine("runc", ["update", "--resources", "a", "-r=b", "x"]);
  assert.ok(found !== undefined);
  assert.deepEqual(lastOf(found.own, "resources"), { name: "resources", value: "b", at: 3, head: "-r=" });
  const letters = readCommandLine("crun", ["update", "-rfile", "x"]);
  assert.deepEqual(letters?.own, [{ name: "resources", value: "file", at: 1, head: "-r" }]);
});
