// The program as a whole: help, version, wrong use.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDuration } from "./duration.js";
import { Folder, manifest, nri, nriProcess, TOP } from "./lab.fixture.js";
import { printable, short } from "./printable.js";

test("the committed program runs from any folder and tells its version", async () => {
  using folder = new Folder();
  const ran = await nriProcess(["--version"], { cwd: folder.path });
  assert.deepEqual(ran, { code: 0, stdout: "0.1.0\n", stderr: "" });
});

test("help is a result, names commands that work, and shows an example", async () => {
  const { code, stdout, stderr } = await nri(["--help"]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /simulate INPUT/);
  assert.match(stdout, /Example/);
  for (const name of ["simulate", "build", "runtime", "plugin", "serve", "oci", "config", "info"]) {
    assert.match(stdout, new RegExp(`^  ${name} `, "m"));
    const command = await nri([name, "--help"]);
    assert.equal(command.code, 0);
    assert.match(command.stdout, /Example/);
    const switches = [
      "--help",
      "--v",
      "--lean",
      "--validate",
      "--shares",
      "--linger",
      "--until",
      "--bundle",
      "--json",
      "--check-config",
    ];
    for (const [, option = ""] of command.stdout.matchAll(/^ +(--[a-z-]+)/gm)) {
      if (switches.includes(option)) continue;
      const ran = await nri([name, option]);
      assert.equal(ran.code, 2, option);
      assert.doesNotMatch(ran.stderr, /unknown option/i, option);
    }
  }
});

test("nri help COMMAND is nri COMMAND --help", async () => {
  assert.deepEqual(await nri(["help", "simulate"]), await nri(["simulate", "--help"]));
  assert.deepEqual(await nri(["help"]), await nri(["--help"]));
});

test("without a command the help goes to stderr", async () => {
  const { code, stdout, stderr } = await nri([]);
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /Usage: nri COMMAND/);
});

const WRONG: [args: string[], pattern: RegExp][] = [
  [["frobnicate"], /^nri: unknown command "frobnicate"; see nri --help\n$/],
  [["--frobnicate"], /^nri: unknown option "--frobnicate"; see nri --help\n$/],
  [["simulate"], /^nri: no INPUT given/],
  [["simulate", "-", "--frobnicate"], /^nri: unknown option "--frobnicate"; see nri simulate --help\n$/],
  [["simulat"], /^nri: unknown command "simulat", did you mean simulate\?; see nri --help\n$/],
  [
    ["simulate", "-", "--plugn", "x"],
    /^nri: unknown option "--plugn", did you mean --plugin\?; see nri simulate --help/,
  ],
  [["simulate", "-", "--plugin-dir", "nowhere"], /^nri: --plugin-dir nowhere: no such folder\n$/],
  [["simulate", "-", "--plugin-dir", "README.md"], /^nri: --plugin-dir README\.md: is no folder\n$/],
  [["simulate", "-", "--until"], /^nri: Option '--until <value>' argument missing/],
  [["simulate", "-", "--until", "Christmas"], /^nri: --until: unknown event "Christmas"/],
  [["simulate", "-", "-o", "xml"], /^nri: -o "xml": must be one of text, diff, spec, yaml, json\n$/],
  [["simulate", "-", "--json", "-o", "spec"], /^nri: --json and -o spec exclude each other\n$/],
  [["simulate", "-", "--color", "pink"], /^nri: --color "pink"/],
  [["simulate", "-", "--compat", "old"], /^nri: --compat "old"/],
  [["simulate", "-", "--wait", "1"], /^nri: --wait and --wait-timeout need --socket/],
  [["simulate", "-", "--socket", "s", "--wait", "0"], /^nri: --wait "0": must be a number from 1/],
  [["simulate", "-", "--request-timeout", "5"], /^nri: --request-timeout "5": not a duration/],
  [["simulate", "-", "--registration-timeout", "-1s"], /^nri: .*--registration-timeout/],
  [["simulate", "-", "--update", "disk=1"], /^nri: --update "disk=1": must be cpu=QUANTITY/],
  [["simulate", "-", "--update", "cpu=lots"], /^nri: --update "cpu=lots"/],
  [["simulate", "-", "--plugin-config", "10-x"], /^nri: --plugin-config "10-x": must be NN-name=FILE/],
  [
    ["simulate", "-", "--plugin-config", "10-x=f"],
    /^nri: --plugin-config 10-x: no such plugin among --plugin \(none\)/,
  ],
  [["simulate", "-", "--container", "z"], /^nri: --container "z": no such container in the input; there are a\n$/],
  [["simulate", "-", "--policies", "nowhere"], /^nri: --policies nowhere: no such file\n$/],
  [["simulate", "-", "--policies", "f", "--compat", "reference"], /^nri: --policies and --compat reference exclude/],
  [["runtime", "--frobnicate"], /^nri: unknown option "--frobnicate"; see nri runtime --help\n$/],
  [["runtime", "-sockt", "x"], /^nri: unknown option "-sockt", did you mean --socket\?; see nri runtime --help\n$/],
  [["runtime", "steps.jsonl"], /^nri: unexpected "steps\.jsonl"; see nri runtime --help\n$/],
  [["runtime", "-socket"], /^nri: --socket needs a value/],
  [["runtime", "-req-timeout", "5"], /^nri: --req-timeout "5": not a duration/],
  [["runtime", "-plugins", "x"], /^nri: --plugins "x": must be a number/],
  [["runtime", "-v=maybe"], /^nri: --v "maybe": must be true or false/],
  [["runtime", "-compat", "old"], /^nri: --compat "old": must be one of default, reference\n$/],
  [["runtime", "-bench", "nothing"], /^nri: --bench "nothing": must be one of create, event, sync/],
  [["runtime", "-state", "nowhere"], /^nri: --state nowhere: no such file\n$/],
  [["runtime", "-state", "package.json"], /^package\.json:1: not a SynchronizeRequest: /],
  [["runtime", "-policies", "nowhere"], /^nri: --policies nowhere: no such file\n$/],
  [["runtime", "-plugin-path", "/dev/null"], /^nri: .*\/dev\/null/],
  [["plugin"], /^nri: a stand-in needs --script FILE or --mode MODE; see nri plugin --help\n$/],
  [["plugin", "-mode", "lazy"], /^nri: --mode "lazy": must be one of noop, adjust, events-only, scripted\n$/],
  [["plugin", "-script", "nowhere"], /^nri: --script nowhere: no such file\n$/],
  [["plugin", "-script", "README.md"], /^README\.md:1: not JSON: /],
  [["plugin", "-mode", "noop", "-events", "Nonsense"], /^nri: --events "Nonsense": /],
  [
    ["plugin", "-mode", "noop", "-record", "/dev/null/x"],
    /^nri: --record \/dev\/null\/x: a part of the path is no folder\n$/,
  ],
  [["plugin", "-mode", "noop"], /^nri: a stand-in needs --idx NN and --name NAME; see nri plugin --help\n$/],
  [["runtime", "-spawn", "1"], /^nri: --spawn needs --spawn-cmd\n$/],
  [["runtime", "-spawn-cmd", "x"], /^nri: --spawn-cmd needs --spawn N\n$/],
  [["plugin", "-mode", "noop", "-idx", "1", "-name", "x"], /^nri: --idx "1": /],
  [["serve", "--confg", "x"], /^nri: unknown option "--confg", did you mean --config\?; see nri serve --help\n$/],
  [["serve", "--config", "nowhere"], /^nowhere: no such file\n$/],
  [["serve", "--config", "README.md", "--check-config"], /^README\.md:3: invalid TOML: /],
  [["info", "--config", "nowhere"], /^nowhere: no such file\n$/],
  [["info", "extra"], /^nri: unexpected "extra"; see nri info --help\n$/],
  [["oci"], /^nri: nothing to do: nri oci install; see nri oci --help\n$/],
  [["oci", "instal"], /^nri: unknown "instal", did you mean install\?; see nri oci --help\n$/],
  [["config"], /^nri: nothing to do: nri config default; see nri config --help\n$/],
  [["config", "defualt"], /^nri: unknown "defualt", did you mean default\?; see nri config --help\n$/],
  [["config", "default", "--profile", "x"], /^nri: --profile "x": must be one of bridge, containerd, docker\n$/],
  [["simulate", "nowhere.yaml"], /^nri: nowhere\.yaml: no such file\n$/],
  [["simulate", "packages"], /^nri: packages: a folder without config\.json/],
  [["simulate", "-", "--socket", "/dev/null/x/s"], /^nri: --socket \/dev\/null\/x\/s: /],
];
for (const [args, pattern] of WRONG) {
  test(`wrong use is one line and exit code 2: nri ${args.join(" ")}`, async () => {
    const ran = await nri(args, { stdin: manifest("a"), cwd: TOP });
    assert.deepEqual([ran.code, ran.stdout], [2, ""]);
    assert.match(ran.stderr, pattern);
    assert.equal(ran.stderr.trimEnd().split("\n").length, 1);
  });
}

const BAD: [what: string, name: string, content: string | Uint8Array, pattern: RegExp][] = [
  ["wrong YAML", "pod.yaml", "kind: Pod\nmetadata: {name: x\nspec: 1\n", /pod\.yaml:\d: invalid YAML: /],
  [
    "wrong types",
    "pod.yaml",
    'kind: Pod\nmetadata: {name: x}\nspec:\n  containers: "x"\n',
    /pod\.yaml:4: spec\.containers must be a list, is the text "x"/,
  ],
  ["an unknown kind", "pod.yaml", "apiVersion: v1\nkind: Gadget\n", /pod\.yaml:2: kind "Gadget" of "v1" is not known/],
  ["bytes that are no text", "pod.yaml", new Uint8Array([0x61, 0x0a, 0xff, 0xfe]), /pod\.yaml:2: not UTF-8/],
  ["a spec that is no JSON", "config.json", '{\n "ociVersion": \n', /config\.json:\d+:\d+: /],
  [
    "a spec with a wrong type",
    "config.json",
    '{"ociVersion": "1",\n "process": {"args": "x"}}',
    /config\.json:2:\d+: /,
  ],
  [
    "a request with an unknown field",
    "r.json",
    '{"container": {"nome": "x"}}',
    /r\.json:1: not a CreateContainerRequest: .*nome/,
  ],
  ["a request without a container", "r.json", '{"pod": {"name": "x"}}', /r\.json:1: the request has no container/],
];
for (const [what, name, content, pattern] of BAD) {
  test(`an input with ${what} is one line with file and line, and exit code 2`, async () => {
    using folder = new Folder();
    folder.file(name, content);
    const ran = await nri(["simulate", name], { cwd: folder.path });
    assert.deepEqual([ran.code, ran.stdout], [2, ""]);
    assert.match(ran.stderr, pattern);
    assert.equal(ran.stderr.trimEnd().split("\n").length, 1);
    assert.doesNotMatch(ran.stderr, /^nri: /);
  });
}

test("durations are Go's", () => {
  const cases: [text: string, milliseconds: number][] = [
    ["500ms", 500],
    ["2s", 2000],
    ["1m30s", 90_000],
    ["1.5s", 1500],
    ["1h", 3_600_000],
    ["1us", 1],
    [".5s", 500],
  ];
  for (const [text, milliseconds] of cases) assert.equal(parseDuration(text, "--x"), milliseconds, text);
  for (const text of ["", "5", "s", "1 s", "-1s", "1d", "0s", "1e3s", "999999h", "1s".repeat(100)]) {
    assert.throws(() => parseDuration(text, "--x"), /--x/, text);
  }
});

test("text of others cannot steer the terminal", () => {
  assert.equal(printable("a\u001b[31mb\u0007\u009b\n\t\u202ec"), "a\\x1b[31mb\\x07\\x9b\\n\\t\\u202ec");
  assert.equal(short("x".repeat(500), 10), "xxxxxxxxxx... (500 characters)");
});
