// Tests of the configuration of the calling side.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createClient } from "./client.js";
import { OK, Place } from "./place.fixture.js";

const plugins = (...types: string[]) => JSON.stringify({ version: "0.1", plugins: types.map((type) => ({ type })) });

test("conf.json is all there is, where it exists", async (context) => {
  const place = new Place(context);
  place.file("conf.json", plugins("b", "a"));
  place.file("resource.d/00.conf", plugins("c"));
  assert.deepEqual((await place.client()).plugins, ["b", "a"]);
});

test("without it the *.conf of the directory count, in the order of the bytes of their names", async (context) => {
  const place = new Place(context);
  for (const name of ["10.conf", "9.conf", "B.conf", "a.conf", "é.conf", "\u{10000}.conf", "\uffee.conf"])
    place.file(`resource.d/${name}`, plugins(name, `${name}2`));
  for (const name of ["x.json", "conf", ".hidden.conf", "y.conf.bak"]) place.file(`resource.d/${name}`, "{");
  symlinkSync("nowhere", join(place.options.confDir, "dangling.conf"));
  const { plugins: types } = await place.client();
  const order = ["10.conf", "9.conf", "B.conf", "a.conf", "é.conf", "\uffee.conf", "\u{10000}.conf"];
  assert.deepEqual(
    types,
    order.flatMap((name) => [name, `${name}2`]),
  );
  assert.deepEqual((await place.client({ compat: "reference" })).plugins, [], "the reference does not look there");
});

test("each plugin gets the version of the file that it stands in", async (context) => {
  const place = new Place(context);
  const show = `cat > "$0.in"; ${OK}`;
  place.programs({ a: show, b: show, c: show });
  const client = async () => (await place.client()).invoke({ id: "c", spec: { ociVersion: "" } }, "create");
  rmSync(place.options.confPath);
  place.file("resource.d/1.conf", '{"version": "7", "plugins": [{"type": "a"}]}');
  place.file("resource.d/2.conf", '{"plugins": [{"type": "b"}]}');
  place.file("resource.d/3.conf", '{"version": "8", "plugins": [{"type": "c"}]}');
  await client();
  const versions = ["a", "b", "c"].map((type) => {
    const request = JSON.parse(readFileSync(join(place.options.binDir, `${type}.in`), "utf8")) as { version: string };
    return request.version;
  });
  assert.deepEqual(versions, ["7", "", "8"]);
});

test("neither file nor directory: no plugins, and the spec is not asked for", async (context) => {
  const client = await new Place(context).client();
  assert.deepEqual(client.plugins, []);
  const results = await client.invoke({ id: "c", spec: () => assert.fail("asked for") }, "create");
  assert.deepEqual(results, []);
});

test("what is wrong with a configuration names the file, and line and column or the field", async (context) => {
  const place = new Place(context);
  const refused = async (text: string | Uint8Array, message: RegExp) => {
    place.file("conf.json", text);
    await assert.rejects(place.client(), (error: Error & { code?: string }) => {
      assert.ok(error.message.startsWith(place.options.confPath), error.message);
      assert.match(error.message.slice(place.options.confPath.length), message);
      assert.equal(error.code, "config");
      return true;
    });
  };
  await refused("", /^:1:1: the document ends where a value was expected$/);
  await refused('{\n "plugins": [}', /^:2:14: found "}" where a value was expected$/);
  await refused(Buffer.from([0x22, 0xff, 0x22]), /^: not UTF-8$/);
  await refused("[]", /^: expected an object, found a list$/);
  await refused('{"version": 0.1}', /^: version: expected a string, found the number 0\.1$/);
  await refused('{"plugins": {}}', /^: plugins: expected a list, found an object$/);
  await refused('{"plugins": [null]}', /^: plugins\[0\]: expected an object, found null$/);
  await refused('{"plugins": [{"type": "a"}, "b"]}', /^: plugins\[1\]: expected an object, found a string$/);
  await refused('{"plugins": [{"type": true}]}', /^: plugins\[0\]\.type: expected a string, found a boolean$/);
  await refused(" ".repeat(1024 * 1024 + 1), /^: cannot be read: longer than 1048576 bytes$/);
  await refused(plugins(...Array<string>(257).fill("x")), /^: 257 plugins, more than 256$/);
  await refused("[".repeat(200), /^:1:\d+: deeper than 128 levels$/);
});

test("a configuration that cannot be read is no missing one", async (context) => {
  const place = new Place(context);
  mkdirSync(place.options.confPath);
  await assert.rejects(place.client(), { code: "config", message: /conf\.json: cannot be read: EISDIR/ });
  const other = new Place(context);
  other.file("resource.d", "a file");
  await assert.rejects(other.client(), { code: "config", message: /resource\.d: cannot be read: ENOTDIR/ });
  const third = new Place(context);
  for (const name of ["1", "2", "3"]) third.file(`resource.d/${name}.conf`, plugins());
  await assert.rejects(third.client({ limits: { maxConfigFiles: 2 } }), { message: /: 3 files, more than 2$/ });
});

test("options that cannot be are refused", async () => {
  const refused = (options: object, message: RegExp) =>
    assert.rejects(createClient(options), { code: "invalid-option", message });
  await refused({ pluginDir: "/x" }, /^pluginDir: there is no such option$/);
  await refused({ compat: "go" }, /^compat: expected default or reference, got "go"$/);
  await refused({ stderr: "pipe" }, /^stderr: expected/);
  await refused({ limits: { timeout: 5 } }, /^limits\.timeout: there is no such limit$/);
  await refused({ limits: { timeoutMs: 0 } }, /^limits\.timeoutMs: expected an integer from 1 to 2147483647, got 0$/);
  await refused({ limits: { maxOutputBytes: 1.5 } }, /got 1\.5$/);
});
