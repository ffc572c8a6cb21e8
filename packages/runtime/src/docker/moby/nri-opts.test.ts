// nri-opts as Docker reads them (list E of spec/integration-tests.md), and as it was recorded with its own code.
import assert from "node:assert/strict";
import { test } from "node:test";
import { withFolders } from "./folders.js";
import { formatNriOpts, NO_NRI_OPTS, type NriOpts, parseNriOpts, parseNriOptsFlag } from "./nri-opts.js";

const FULL: NriOpts = { enable: true, pluginPath: "/a", pluginConfigPath: "/b", socketPath: "/c" };
const FLAG = "enable=true,plugin-path=/a,plugin-config-path=/b,socket-path=/c";

test("E1: options in JSON: none, enabled, with three paths; an unknown field is named", () => {
  assert.deepEqual(parseNriOpts("{}"), NO_NRI_OPTS);
  assert.deepEqual(parseNriOpts('{"enable": true}'), { ...NO_NRI_OPTS, enable: true });
  const json = '{"enable": true, "plugin-path": "/a", "plugin-config-path": "/b", "socket-path": "/c"}';
  assert.deepEqual(parseNriOpts(json), FULL);
  assert.throws(() => parseNriOpts('{"foo": "bar"}'), { message: 'json: unknown field "foo"' });
});

test("E2: options in a flag: enabled, with three paths, without a value; an unknown key is named; text and back", () => {
  assert.deepEqual(parseNriOptsFlag("enable=true"), { ...NO_NRI_OPTS, enable: true });
  assert.deepEqual(parseNriOptsFlag("enable"), { ...NO_NRI_OPTS, enable: true });
  assert.deepEqual(parseNriOptsFlag(FLAG), FULL);
  assert.throws(() => parseNriOptsFlag("foo=bar"), { message: "unexpected key 'foo' in 'foo=bar'" });
  assert.equal(formatNriOpts(FULL), FLAG);
  assert.equal(formatNriOpts(NO_NRI_OPTS), "enable=false");
  assert.deepEqual(parseNriOptsFlag(formatNriOpts(FULL)), FULL);
});

test("a flag that is given twice adds to the first", () => {
  assert.deepEqual(parseNriOptsFlag("plugin-path=/a,socket-path=/c", parseNriOptsFlag("enable,socket-path=/x")), {
    ...NO_NRI_OPTS,
    enable: true,
    pluginPath: "/a",
    socketPath: "/c",
  });
});

test("folders are root's, or those of the home; what is given stays; without HOME the error says so", () => {
  const root = { rootless: false, env: { HOME: "/h" } };
  assert.deepEqual(withFolders(NO_NRI_OPTS, root), {
    ...NO_NRI_OPTS,
    pluginPath: "/usr/libexec/docker/nri-plugins",
    pluginConfigPath: "/etc/docker/nri/conf.d",
  });
  const folders = (options: Partial<NriOpts>, env: { readonly [name: string]: string }) => {
    const { pluginPath, pluginConfigPath } = withFolders({ ...NO_NRI_OPTS, ...options }, { rootless: true, env });
    return [pluginPath, pluginConfigPath];
  };
  const libexec = "/h/.local/libexec/docker/nri-plugins";
  assert.deepEqual(folders({}, { HOME: "/h" }), [libexec, "/h/.config/docker/nri/conf.d"]);
  assert.deepEqual(folders({}, { HOME: "/h", XDG_CONFIG_HOME: "/x" }), [libexec, "/x/docker/nri/conf.d"]);
  assert.deepEqual(folders({ pluginPath: "/p" }, { HOME: "/h" }), ["/p", "/h/.config/docker/nri/conf.d"]);
  assert.deepEqual(folders({ pluginPath: "/p", pluginConfigPath: "/q" }, {}), ["/p", "/q"]);
  assert.throws(() => folders({}, { XDG_CONFIG_HOME: "/x" }), { message: "configuring NRI: could not get HOME" });
});
