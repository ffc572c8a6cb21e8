// The default configuration as a file with a comment for every key.
import { PROFILES, ROWS, type Setting, TABLES, tableName } from "./settings.js";

const WIDTH = 110;

const HEAD = `Configuration of nri serve. A key that is commented out has the value that it shows.
SIGHUP reads this file again; keys marked (restart) take effect when the daemon is started anew.
Durations are written as in Go: "500ms", "2s", "1m30s".`;

const POLICIES = `
# What happens when plugins fail, how long they may take, and who must have answered: docs/failure-policies.md
# [[policies.rules]]
#   plugin = "10-device-injector"
#   events = ["createContainer"]
#   timeout = "5s"
#   failure = "fail"
# [[policies.required]]
#   plugin = "device-injector"
#   namespaces = ["training"]
`;

/** The file for a profile of `PROFILES`; undefined when there is no such profile. */
export function defaultConfigFile(profile: string): string | undefined {
  const values = Object.hasOwn(PROFILES, profile) ? PROFILES[profile] : undefined;
  if (values === undefined) return undefined;
  const tables = TABLES.map(({ table, says }) => {
    const rows = ROWS.filter(([, row]) => row.table === table);
    const keys = rows.map(([name, row]) => keyText(row, Object.hasOwn(values, name) ? values[name] : undefined));
    return `\n${comment(says, "")}[${tableName(table)}]\n${keys.join("")}`;
  });
  return `${comment(HEAD, "")}${tables.join("")}${POLICIES}`;
}

function keyText(row: Setting<unknown>, given: unknown): string {
  const note = row.takes === "restart" ? " (restart)" : "";
  const line = `${row.key} = ${row.kind.print(given ?? row.value)}`;
  return `${comment(`${row.says.replaceAll("`", "")}${note}`, "  ")}  ${given === undefined ? "# " : ""}${line}\n`;
}

function comment(text: string, indent: string): string {
  return text
    .split("\n")
    .flatMap(wrap)
    .map((line) => `${indent}# ${line}\n`)
    .join("");
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line];
}
