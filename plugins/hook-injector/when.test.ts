// Tests of the conditions of hooks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { matches, pattern, type When } from "./when.js";

interface Conditions {
  readonly always?: boolean;
  readonly hasBindMounts?: boolean;
  readonly annotations?: Record<string, string>;
  readonly commands?: readonly string[];
}

const when = ({ annotations = {}, commands = [], ...rest }: Conditions, any = false): When => ({
  ...rest,
  annotations: Object.entries(annotations).map(([key, value]) => [pattern("key", key), pattern("value", value)]),
  commands: commands.map((command) => pattern("command", command)),
  any,
});
const SUBJECT = {
  args: ["/bin/sh", "-c"],
  annotations: new Map([
    ["app.example.com/name", "web"],
    ["tier", "front"],
  ]),
  hasBindMounts: true,
};
const all = (conditions: Conditions, subject = SUBJECT) => matches(when(conditions), subject);
const any = (conditions: Conditions, subject = SUBJECT) => matches(when(conditions, true), subject);

test("no condition matches nothing", () => {
  assert.equal(all({}), false);
  assert.equal(any({}), false);
});

test("all conditions that are given must hold", () => {
  assert.equal(all({ always: true }), true);
  assert.equal(all({ always: false, hasBindMounts: true }), false);
  assert.equal(all({ hasBindMounts: true, annotations: { tier: "front" }, commands: ["sh$"] }), true);
  assert.equal(all({ hasBindMounts: true, annotations: { tier: "back" }, commands: ["sh$"] }), false);
  assert.equal(all({ always: true, commands: ["bash"] }), false);
  assert.equal(all({ hasBindMounts: true }, { ...SUBJECT, hasBindMounts: false }), false);
  assert.equal(all({ hasBindMounts: false }), false);
});

test("in the old format one condition is enough", () => {
  assert.equal(any({ hasBindMounts: true, commands: ["bash"] }), true);
  assert.equal(any({ hasBindMounts: false, commands: ["sh"] }), true);
  assert.equal(any({ hasBindMounts: false, annotations: { ".*": "back|front" } }), true);
  assert.equal(any({ hasBindMounts: false, annotations: { ".*": "back" }, commands: ["bash"] }), false);
});

test("key and value must match in the same annotation, each pair in some", () => {
  assert.equal(all({ annotations: { name: "front" } }), false);
  assert.equal(all({ annotations: { name: "w", tier: "" } }), true);
  assert.equal(all({ annotations: { "^name": "web" } }), false);
});

test("one of the commands must match the program; without a command line that is an error", () => {
  assert.equal(all({ commands: ["bash", "^/bin/"] }), true);
  assert.equal(all({ commands: ["-c"] }), false);
  const none = { ...SUBJECT, args: [] };
  assert.throws(() => all({ commands: ["sh"] }, none), { message: "process.args must have at least one entry" });
  assert.equal(all({ always: false, commands: ["sh"] }, none), false);
  assert.equal(any({ hasBindMounts: true, commands: ["sh"] }, none), true);
  assert.equal(all({ always: true }, none), true);
});

test("expressions are those of Go: what only JavaScript has is refused, what only Go has works", () => {
  for (const source of ["(?=a)", "(?<!a)b", "(a)\\1", "[a", "a**", "a{1001}"]) {
    assert.throws(() => pattern("here", source), { message: /^here: error parsing regexp: / }, source);
  }
  assert.equal(pattern("", "(?i)WEB").test("web"), true);
  assert.equal(pattern("", "^[[:alpha:]]+$").test("web"), true);
  assert.equal(pattern("", "\\Qa.b\\E").test("axb"), false);
  assert.equal(pattern("", "a\\z").test("ab\na"), true);
  assert.equal(pattern("", "^a$").test("b\na"), false);
});

test("an expression that takes JavaScript for ever is decided at once", () => {
  assert.equal(pattern("", "^(a+)+$").test(`${"a".repeat(5000)}b`), false);
});
