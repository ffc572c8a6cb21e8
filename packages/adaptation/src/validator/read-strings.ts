// A list of strings from YAML text, with the words of the reference's reader where it finds something else.

/** Scalars by what Go's YAML reader calls them; the first that fits. */
const TAGS: readonly (readonly [pattern: RegExp, tag: string])[] = [
  [/^(?:true|True|TRUE|false|False|FALSE)$/, "!!bool"],
  [/^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$/, "!!int"],
  [
    /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$|^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/,
    "!!float",
  ],
  [/^\d{4}-\d\d?-\d\d?(?:[Tt ].*)?$/, "!!timestamp"],
];
/** What stands for nothing, with parsers that leave it to us. */
const NULL = /^(?:~|null|Null|NULL)?$/;

/**
 * Reads a list of strings. Scalars of other kinds are taken as text, what is null is passed over, and so is a document
 * without content. Throws what the parser throws, and for everything that is no such list.
 */
export function readStrings(text: string, parseYaml: (text: string) => unknown): string[] {
  let value: unknown;
  try {
    value = parseYaml(text);
  } catch (error) {
    const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new Error(`yaml: ${line}`, { cause: error });
  }
  if (value === null || value === undefined || (typeof value === "string" && NULL.test(text.trim()))) {
    return [];
  }
  if (!Array.isArray(value)) {
    throw new Error(
      `yaml: unmarshal errors:\n  line ${firstLine(text)}: cannot unmarshal ${shown(value)} into []string`,
    );
  }
  const wrong: string[] = [];
  const strings: string[] = [];
  for (const [i, entry] of value.entries()) {
    if (typeof entry === "object" && entry !== null) {
      const where = text.includes("\n") ? `entry ${i + 1}` : "line 1";
      wrong.push(`\n  ${where}: cannot unmarshal ${shown(entry)} into string`);
    } else if (entry !== null && entry !== undefined) {
      strings.push(String(entry));
    }
  }
  if (wrong.length > 0) {
    throw new Error(`yaml: unmarshal errors:${wrong.join("")}`);
  }
  return strings;
}

function shown(value: unknown): string {
  if (typeof value === "object") {
    return Array.isArray(value) ? "!!seq" : "!!map";
  }
  const text = String(value);
  const [, tag = "!!str"] = TAGS.find(([pattern]) => pattern.test(text)) ?? [];
  return `${tag} \`${text.length > 10 ? `${text.slice(0, 7)}...` : text}\``;
}

/** Where the content begins. */
function firstLine(text: string): number {
  return (
    Math.max(
      0,
      text.split("\n").findIndex((line) => !/^\s*(?:#.*|---\s*)?$/.test(line)),
    ) + 1
  );
}
