// What the Go project's plugins print. They are modules without a released version, so tests hold our plugins to recordings
// of what they printed, and, where NRI_GO_PLUGINS names a folder with the programs, to the programs as well.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { conformanceDir, repositoryDir } from "../paths.js";
import { Child } from "../peers/child.js";

/** A sample plugin of ours, started with these arguments. */
export function ourPlugin(name: string, ...args: string[]): Child {
  return new Child(process.execPath, [join(repositoryDir, "plugins/dist", name, `${name}.js`), ...args]);
}

/** The Go plugin of that name; undefined where NRI_GO_PLUGINS does not have it. */
export function goProgram(name: string): string | undefined {
  const program = join(process.env.NRI_GO_PLUGINS ?? "/nonexistent", name);
  return existsSync(program) ? program : undefined;
}

/** The Go plugin of that name, started with these arguments; undefined where it is not there. */
export function goPlugin(name: string, ...args: string[]): Child | undefined {
  const program = goProgram(name);
  return program === undefined ? undefined : new Child(program, args);
}

/** The texts of the log lines of a plugin, of ours or of one in Go, without blanks that Go prints at random. */
export function texts(child: Child): string[] {
  return child.stderr.flatMap((line) => {
    const [, quoted, bare] = / msg=(?:("(?:[^"\\]|\\.)*")|(\S+))$/.exec(line) ?? [];
    const text = quoted === undefined ? (bare ?? /^[A-Z]+ +(.*)$/.exec(line)?.[1]) : (JSON.parse(quoted) as string);
    return text === undefined ? [] : [text.replace(/ +/g, " ")];
  });
}

/**
 * What the Go plugin printed for each case. With `fresh`, which comes from the program itself, the recording must be the same;
 * NRI_RECORD=1 writes it anew instead, to be formatted with `npm run format`.
 */
export function recording<T>(name: string, fresh?: Readonly<Record<string, T>>): Record<string, T> {
  const file = join(conformanceDir, "sample-plugins/recorded", `${name}.json`);
  if (fresh !== undefined && process.env.NRI_RECORD === "1") writeFileSync(file, `${JSON.stringify(fresh, null, 2)}\n`);
  return JSON.parse(readFileSync(file, "utf8")) as Record<string, T>;
}
