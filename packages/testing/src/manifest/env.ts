// Environment and arguments as kubelet computes them: order, replacement, $(VAR), and what cannot be known.

import type { Located } from "../input/located.js";
import { LIMITS } from "../limits.js";
import type { ImageConfig } from "./image.js";

/** What every containerd container gets when its image says nothing. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** An environment and what of it is not known. */
export interface Environment {
  /** `NAME=value` in the order of the spec. */
  readonly env: readonly string[];
  /** Values by name, for `$(VAR)`. */
  readonly values: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/**
 * The environment of a container. A `valueFrom` is never guessed: its value is the text
 * `<unresolved KIND REFERENCE>`, and a note says so. `envFrom` adds nothing but a note. Variables of the image come before.
 */
export function containerEnvironment(
  container: Located,
  hostname: string,
  image: ImageConfig | undefined,
): Environment {
  const notes: string[] = [];
  for (const source of container.get("envFrom").list()) {
    const kind = ["configMapRef", "secretRef"].find((key) => source.get(key).exists);
    if (kind === undefined) return source.fail("must have configMapRef or secretRef");
    notes.push(`envFrom ${kind} ${source.get(kind).get("name").string()}: its variables are not known and not shown`);
  }
  const values = new Map<string, string>();
  // Those of the engine are replaced where they stand; a name that is twice in the manifest stays twice.
  const known = new Map([["PATH", DEFAULT_PATH]]);
  if (container.get("tty").optionalBoolean() === true) known.set("TERM", "xterm");
  known.set("HOSTNAME", hostname);
  for (const entry of image?.env ?? []) {
    const end = entry.indexOf("=");
    if (end > 0) known.set(entry.slice(0, end), entry.slice(end + 1));
  }
  const further: string[] = [];
  const say = (name: string, value: string): void => {
    values.set(name, value);
    if (known.has(name)) known.set(name, value);
    else further.push(`${name}=${value}`);
  };
  for (const entry of container.get("env").list()) {
    const name = entry.get("name").string();
    const from = entry.get("valueFrom");
    if (from.exists) {
      const reference = describeSource(from);
      say(name, `<unresolved ${reference}>`);
      notes.push(`env ${name}: valueFrom ${reference} is not resolved`);
    } else {
      const value = expand(entry.get("value").optionalString() ?? "", values);
      if (value.length > LIMITS.environmentCharacters) {
        entry.fail(`is longer than ${LIMITS.environmentCharacters} characters after $(VAR) is replaced`);
      }
      say(name, value);
    }
  }
  return { env: [...[...known].map(([name, value]) => `${name}=${value}`), ...further], values, notes };
}

/**
 * The arguments of a container. Without `command` the image's entrypoint is run. Where the image is not known,
 * its place is held by the text `<entrypoint of IMAGE>`, and a note says so.
 */
export function containerArguments(
  container: Located,
  name: string,
  values: ReadonlyMap<string, string>,
  image: ImageConfig | undefined,
): { readonly args: readonly string[]; readonly notes: readonly string[] } {
  const expanded = (place: Located) => {
    const texts = place.strings().map((text) => expand(text, values));
    const characters = texts.reduce((sum, text) => sum + text.length, 0);
    if (characters <= LIMITS.environmentCharacters) return texts;
    return place.fail(`has more than ${LIMITS.environmentCharacters} characters after $(VAR) is replaced`);
  };
  const command = expanded(container.get("command"));
  const args = expanded(container.get("args"));
  if (command.length > 0) return { args: [...command, ...args], notes: [] };
  if (image !== undefined) {
    const all = [...image.entrypoint, ...(args.length > 0 ? args : image.cmd)];
    if (all.length === 0) container.fail(`has no command, and image ${name} has none`);
    return { args: all, notes: [] };
  }
  const [what, verb] = args.length > 0 ? ["entrypoint", "is"] : ["entrypoint and command", "are"];
  return {
    args: [`<${what} of ${name}>`, ...args],
    notes: [`args: the image's ${what} ${verb} not known; a placeholder stands there`],
  };
}

/** `$(NAME)` replaced by values that are known; `$$` is a `$`; unknown names stay as they are. */
export function expand(text: string, values: ReadonlyMap<string, string>): string {
  let inserted = 0;
  return text.replace(/\$\$|\$\(([^()]*)\)/g, (whole, name: string | undefined) => {
    if (name === undefined) return "$";
    // Past the limit nothing more is inserted: the caller refuses the result, which must not cost memory before.
    const value = inserted > LIMITS.environmentCharacters ? "" : (values.get(name) ?? whole);
    inserted += value.length;
    return value;
  });
}

function describeSource(from: Located): string {
  const [entry] = from.entries();
  if (entry === undefined) return from.fail("must name a source such as secretKeyRef");
  const [kind, source] = entry;
  const parts = ["name", "key", "fieldPath", "containerName", "resource", "path"].flatMap((key) => {
    const text = source.get(key).optionalString();
    return text === undefined ? [] : [text];
  });
  return [kind, parts.join("/")].join(" ").trim();
}
