// Tests of the choice of cases, of the commands that they become, and of the report.
import assert from "node:assert/strict";
import { test } from "node:test";
import { estimate, label, selectCases } from "./cases.js";
import { command } from "./measure.js";
import { readOptions, sidesOf } from "./options.js";
import { caseResults } from "./report.js";
import { MORE, ROWS } from "./rows.js";
import { programs, readSides } from "./sides.js";
import { columns, rows } from "./table.js";

const go = { refruntime: "/go/refruntime", refplugin: "/go/refplugin" };
const labels = (...args: string[]): string[] => readOptions(args).cases.map(label);
const [first] = ROWS;
assert.ok(first);

test("no two cases have the same label", () => {
  const all = [...ROWS, ...MORE].map(label);
  assert.equal(new Set(all).size, all.length);
});

test("a quick run measures six rows with the outer two sides", () => {
  assert.deepEqual(labels("--quick"), [
    "pin1/create/1/noop",
    "pin1/create/1/adjust",
    "pin1/create/10/noop",
    "pin1/event/1/noop",
    "free/create/1/noop",
    "pin1/create/1/noop/c16",
  ]);
  assert.deepEqual(sidesOf(first, undefined, true), ["go-go", "ts-ts"]);
  assert.equal(sidesOf(first, undefined, false).length, 4);
});

test("a case is chosen by its label, its name, or the beginning of one, also when it is no row", () => {
  assert.deepEqual(labels("--only", "pin1/create/1/noop"), ["pin1/create/1/noop"]);
  assert.deepEqual(labels("--only", "create/1/noop"), ["pin1/create/1/noop", "free/create/1/noop"]);
  assert.deepEqual(labels("--only", "create/3/adjust"), ["pin1/create/3/adjust", "free/create/3/adjust"]);
  assert.ok(labels("--only", "pin1/event").every((each) => each.startsWith("pin1/event/")));
  assert.deepEqual(selectCases(ROWS, "create/1/noop/").map(label), ["pin1/create/1/noop/c16"]);
  assert.throws(() => labels("--only", "nonsense"), /no case "nonsense"/);
});

test("only a run of all rows, with the usual programs, seven times or more, is kept unasked", () => {
  assert.ok(readOptions([]).whole);
  for (const args of [["--quick"], ["--runs", "3"], ["--only", "pin1"], ["--plugin", "x"], ["--sides", "go-go"]])
    assert.ok(!readOptions(args).whole, args.join(" "));
});

test("the estimate is the sum over sides and runs", () => {
  assert.equal(
    estimate([{ ...first, seconds: 2 }], 3, () => ["go-go", "ts-ts"]),
    12,
  );
});

test("a program takes the place of ours, or a name of its own", () => {
  const given = programs(go, { plugin: "rust=./plugin --fast", runtime: "my-runtime" });
  assert.deepEqual(readSides("go-go,rust-ts", given), ["go-go", "rust-ts"]);
  assert.throws(() => readSides("go-rust", given), /no side "go-rust".*plugins: go, ts, rust; runtimes: go, ts$/);
  assert.throws(() => programs(go, { plugin: "rust=" }), /no command/);
  const words = command({ ...first, pinned: false }, "rust-ts", given, "/s");
  assert.equal(words[0], "my-runtime");
  assert.match(
    words.join(" "),
    /-spawn-cmd \.\/plugin --fast -idx \{idx\} -name \{name\} -socket \{socket\} -mode noop/,
  );
});

test("a plugin that names the socket is given nothing else, and cases on one CPU are pinned", () => {
  const given = programs(go, { plugin: "./plugin {socket} {mode}" });
  const words = command({ ...first, pinned: true, mode: "adjust" }, "ts-go", given, "/s");
  assert.deepEqual(words.slice(0, 4), ["taskset", "-c", "0", "/go/refruntime"]);
  assert.equal(words[words.indexOf("-spawn-cmd") + 1], "./plugin {socket} adjust");
});

test("options can be those of one program, and our plugin a built one", () => {
  const given = { ...programs(go, {}), built: "/built {socket}" };
  const one = {
    ...first,
    script: {},
    built: true,
    optionsOf: ({ plugin, runtime }: { plugin: string; runtime: string }) => ({
      plugin: plugin === "go" ? ["-slow"] : [],
      runtime: runtime === "ts" ? ["-relay", "pipelined"] : [],
    }),
  };
  const [mixed, ours] = [command(one, "go-go", given, "/d"), command(one, "ts-ts", given, "/d")];
  assert.match(mixed[mixed.indexOf("-spawn-cmd") + 1] ?? "", /^\/go\/refplugin .* -script \/d\/script\.json -slow$/);
  assert.ok(!mixed.includes("-relay"));
  assert.equal(ours[ours.indexOf("-spawn-cmd") + 1], "/built {socket} -script /d/script.json");
  assert.deepEqual(ours.slice(-2), ["-relay", "pipelined"]);
});

test("what a case is compared with is measured too", () => {
  assert.deepEqual(labels("--only", "free/event/10/wait5ms"), ["free/event/1/wait5ms", "free/event/10/wait5ms"]);
});

test("a goal can be for another figure of the same side", () => {
  const goal = {
    side: "ts-ts",
    figure: "runtimeLate",
    is: "at most",
    bound: 1.1,
    to: { figure: "runtimeEarly" },
  } as const;
  const grown = { ...run(1), mark_rss_kb: 1000, rss_kb: 1200 };
  const [result] = caseResults(new Map([[{ ...first, goals: [goal] }, new Map([["ts-ts", [grown]] as const])]]));
  assert.deepEqual(result?.goals, [
    { side: "ts-ts", figure: "runtimeLate", value: 1.2, is: "at most", bound: 1.1, to: "runtimeEarly", met: false },
  ]);
});

const run = (p50_us: number) => ({
  p50_us,
  p99_us: p50_us * 3,
  rps: 1e6 / p50_us,
  cpu_us_per_req: 5,
  plugin_cpu_us_per_req: 6,
  plugins: 1,
});

test("ratios are medians divided by that of Go and Go, beside what was wanted of them", () => {
  const goals = [
    { side: "ts-ts", figure: "p50", is: "at most", bound: 0.6, to: "go-go" },
    { side: "ts-ts", figure: "p99", is: "at most", bound: 5 },
    { side: "go-ts", figure: "p50", is: "at most", bound: 1, to: "go-go" },
  ] as const;
  const [result] = caseResults(
    new Map([
      [
        { ...first, goals },
        new Map([
          ["go-go", [run(100), run(300), run(200)]],
          ["ts-ts", [run(100), run(92)]],
          ["go-ts", []],
        ]),
      ],
    ]),
  );
  assert.ok(result);
  assert.deepEqual(result.ratio, { "ts-ts": 0.48 });
  assert.deepEqual(result.sides["go-go"]?.spreadUs, [100, 300]);
  assert.deepEqual(Object.keys(result.sides), ["go-go", "ts-ts"]);
  assert.deepEqual(result.goals, [
    { side: "ts-ts", figure: "p50", value: 0.48, is: "at most", bound: 0.6, to: "go-go", met: true },
    { side: "ts-ts", figure: "p99", value: 288, is: "at most", bound: 5, met: false },
  ]);
  assert.match(columns(rows([result])), /pin1\/create\/1\/noop +p50 us +200 +96\.0 +0\.48 \(≤ 0\.6 met\)/);
});

test("a goal can be for the same side of another case", () => {
  const goal = { side: "ts-ts", figure: "p50", is: "at most", bound: 2, to: { label: "pin1/one" } } as const;
  const sides = (p50: number) => new Map([["ts-ts", [run(p50)]] as const]);
  const results = caseResults(
    new Map([
      [{ ...first, name: "one", goals: [] }, sides(10)],
      [{ ...first, name: "ten", goals: [goal] }, sides(25)],
    ]),
  );
  assert.deepEqual(results[1]?.goals, [
    { side: "ts-ts", figure: "p50", value: 2.5, is: "at most", bound: 2, to: "pin1/one", met: false },
  ]);
});
