// What became of a request, in a form in which a plugin of ours and the Go plugin must not differ: the answer, or the error without
// what is allowed to be different. This is the only place that says what that is.
import assert from "node:assert/strict";
import type { JsonValue } from "../peers/json.js";
import type { StepAnswer } from "../peers/refruntime.js";
import type { Request } from "./annotations.js";
import type { Played } from "./play.js";

/** The answer of the runtime to a creation, or the text with which it was refused. */
export type Outcome = { readonly answer: JsonValue } | { readonly refused: string };

/** Stands where a library says in its own words why a text is no YAML, no JSON, or not of the type that is expected. */
const WORDS = "<words of a library>";
/** What comes before those words; nothing does in ulimit-adjuster. */
const BEFORE_WORDS = /^invalid [^"]* annotation "(?:[^"\\]|\\.)*": /;
/** How the Go plugins' library begins. */
const GO_WORDS = /^(?:error converting YAML to JSON|error unmarshaling JSON|yaml): /;
/** What the plugins say themselves about a value, which must be the same. */
const OWN_TEXTS =
  /^(?:failed to parse type: |ulimit "|invalid memory policy: |strconv\.ParseBool: |no \/sys\/fs\/cgroup mount )/;

/** What a Go runtime puts before the text of a plugin, and what the plugin said. */
function parts(error: string): readonly [rpc: string, text: string] {
  const rpc = /^rpc error: code = \w+ desc = /.exec(error)?.[0] ?? "";
  return [rpc, error.slice(rpc.length)];
}

/** The outcome of a creation that the Go plugin was asked about. */
export function goOutcome({ ok, res, error = "" }: StepAnswer): Outcome {
  if (ok) return { answer: res ?? {} };
  const [rpc, text] = parts(error);
  const before = BEFORE_WORDS.exec(text)?.[0] ?? (GO_WORDS.test(text) ? "" : undefined);
  return { refused: rpc + (before === undefined ? text : before + WORDS) };
}

/** The outcome of a creation that our plugin was asked about. What it says of an annotation must end with where that is. */
export function ourOutcome({ ok, res, error = "" }: StepAnswer, { pod, container }: Request): Outcome {
  if (ok) return { answer: res ?? {} };
  const [rpc, all] = parts(error);
  const [, text, key = ""] = /^(.*) \(pod default\/web, container main, annotation ([^ ]+)\)$/s.exec(all) ?? [];
  // a conflict, which the runtime has found
  if (text === undefined) return { refused: error };
  assert.deepEqual([pod.namespace, pod.name, container.name], ["default", "web", "main"]);
  assert.ok(Object.hasOwn(pod.annotations, key), `${error} names an annotation of the pod`);
  if (OWN_TEXTS.test(text)) return { refused: rpc + text };
  return { refused: rpc + (BEFORE_WORDS.exec(text)?.[0] ?? "") + WORDS };
}

/** Whether our plugin refused what ends the process of the Go plugin: docs/deviations.md. */
export function endsTheGoPlugin({ error = "" }: StepAnswer): boolean {
  return /^invalid net device annotation .*: value\[\d+\]: expected a value, got null \(pod /s.test(parts(error)[1]);
}

const LOAD_FAILURE = "failed to set up hook manager: ";
/** A problem of a hook file's text in a library's words, up to the problem of the next file. */
const JSON_WORDS =
  /(parsing hook "[^"]*": (?:version check|1\.0\.0|0\.1\.0|): )(?!missing required|cannot set).*?(?=: (?:parsing hook|faccessat|unknown stage|invalid|missing required)|$)/gs;
/** Where our plugin says that a problem is. */
const OUR_PLACE = / \((?:hook file [^ )]*|pod default\/web, container main, hook file [^ )]*)\)/g;

/**
 * What became of all containers under hook-injector, or the one text with which it ended at its start: hook directories under the
 * same names, without our places and the words of JSON libraries.
 */
export function hooksOutcome(played: Played, directories: readonly string[]): Outcome[] {
  const equal = (text: string): string =>
    directories
      .reduce((all, directory, index) => all.replaceAll(directory, `/hooks${index}`), text)
      .replace(OUR_PLACE, "")
      .replace(JSON_WORDS, `$1${WORDS}`);
  if ("ended" in played) {
    const failure = played.ended.find((text) => text.startsWith(LOAD_FAILURE));
    assert.ok(failure !== undefined, played.ended.join("\n"));
    return [{ refused: equal(failure) }];
  }
  return played.answers.map(({ ok, res, error = "" }) => (ok ? { answer: res ?? {} } : { refused: equal(error) }));
}
