// Reads the configuration: TOML in, every key with its value out, or all that is wrong with it.
import { AdaptationError, type Policies, parsePolicies } from "@nri/adaptation";
import { LIMITS } from "../limits.js";
import { nearest } from "../nearest.js";
import { ConfigError, type ConfigProblem } from "./config-error.js";
import { Refused } from "./kinds.js";
import { NRI, ROWS, SETTINGS, type Setting, type Settings, TABLES, tableName } from "./settings.js";
import { isTable, lineOf, parseToml, plainValue, TomlError, type TomlNode, type TomlTable } from "./toml.js";

/** What the daemon is told. */
export interface Config {
  /** Every key, with its default where the file has none. */
  readonly settings: Settings;
  /** Failure policies, deadlines and required plugins; undefined when the file has none. */
  readonly policies: Policies | undefined;
  /** The file's name, and the line of a key when the file has it: `bridge.toml:12`. */
  readonly where: (name: keyof Settings | "policies") => string;
}

/** Reads the text of a configuration file; `file` is its name for people. Throws `ConfigError` with all that is wrong. */
export function readConfig(text: string, file: string): Config {
  return new Reading(file).read(text);
}

/** What may stand at the top. `version` is that of containerd's own file: it says nothing here. */
const TOP = [...new Set(TABLES.map(({ table }) => table[0] ?? "")), "policies", "version"];

class Reading {
  readonly #file: string;
  readonly #problems: ConfigProblem[] = [];
  readonly #lines = new Map<string, number>();

  constructor(file: string) {
    this.#file = file;
  }

  read(text: string): Config {
    let root: TomlTable;
    try {
      root = parseToml(text);
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      throw new ConfigError(this.#file, [{ line: error.line, text: `invalid TOML: ${error.message}` }], {
        cause: error,
      });
    }
    const found = new Map<string, TomlNode>();
    this.#walk(root, [], found);
    const settings = Object.fromEntries(
      ROWS.map(([name, row]) => [name, this.#value(name, row, found.get(keyOf(row)))]),
    ) as unknown as Settings;
    const policies = this.#policies(root.get("policies"), settings.compat);
    this.#together(settings);
    if (this.#problems.length > 0) throw new ConfigError(this.#file, this.#problems);
    return { settings, policies, where: (name) => this.#where(name) };
  }

  #where(name: string): string {
    const line = this.#lines.get(name);
    return line === undefined ? this.#file : `${this.#file}:${line}`;
  }

  /** Finds the keys of a table that are known, and refuses all others. */
  #walk(table: TomlTable, path: readonly string[], found: Map<string, TomlNode>): void {
    const keys = new Map(ROWS.filter(([, row]) => same(row.table, path)).map(([, row]) => [row.key, keyOf(row)]));
    const tables = TABLES.filter((row) => row.table.length > path.length && begins(row.table, path)).map(
      (row) => row.table[path.length] ?? "",
    );
    for (const [key, node] of table) {
      const known = keys.get(key);
      if (known !== undefined) {
        found.set(known, node);
      } else if (tables.includes(key)) {
        if (isTable(node.value)) this.#walk(node.value, [...path, key], found);
        else this.#refuse(node.line, `${tableName([...path, key])}: must be a table`);
      } else if (path.length > 0 || !TOP.includes(key)) {
        this.#refuse(node.line, unknownText(path, key, path.length === 0 ? TOP : [...keys.keys(), ...tables]));
      }
    }
  }

  #value<T>(name: string, row: Setting<T>, node: TomlNode | undefined): T {
    if (node === undefined) return row.value;
    this.#lines.set(name, node.line);
    try {
      const value = row.kind.read(node);
      return value === row.absent ? row.value : value;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#refuse(lineOf(node, error.path), `${keyOf(row)}: ${error.message}`);
      return row.value;
    }
  }

  #policies(node: TomlNode | undefined, compat: Settings["compat"]): Policies | undefined {
    if (node === undefined) return undefined;
    this.#lines.set("policies", node.line);
    if (compat === "reference") {
      this.#refuse(node.line, 'policies: the reference has none; leave them out, or bridge.compat = "reference"');
    }
    try {
      return parsePolicies(plainValue(node), "policies");
    } catch (error) {
      if (!(error instanceof AdaptationError)) throw error;
      this.#refuse(lineOf(node, stepsOf(error.option ?? "").slice(1)), error.message);
      return undefined;
    }
  }

  /** What single keys cannot see. */
  #together(settings: Settings): void {
    const sockets = ["socketPath", "leaseSocket", "controlSocket"] as const;
    const { maxSocketPathBytes } = LIMITS.config;
    for (const [at, name] of sockets.entries()) {
      const bytes = Buffer.byteLength(settings[name]);
      if (bytes > maxSocketPathBytes) {
        const text = `${keyOf(SETTINGS[name])}: has ${bytes} bytes, the path of a socket at most ${maxSocketPathBytes}`;
        this.#refuse(this.#lines.get(name) ?? 0, text);
      }
      const other = sockets.slice(0, at).find((before) => settings[before] === settings[name]);
      if (other === undefined) continue;
      const given = this.#lines.has(name) ? name : other;
      this.#refuse(this.#lines.get(given) ?? 0, `${settings[name]} is the path of two sockets`);
    }
  }

  #refuse(line: number, text: string): void {
    this.#problems.push({ line, text });
  }
}

function keyOf({ table, key }: Pick<Setting<unknown>, "table" | "key">): string {
  return tableName([...table, key]);
}

function unknownText(path: readonly string[], key: string, known: readonly string[]): string {
  const name = tableName([...path, key.slice(0, 100)]);
  const meant = nearest(key, known);
  if (meant !== undefined) return `${name}: unknown key, did you mean ${tableName([...path, meant])}?`;
  if (path.length === 1 && path[0] === NRI[0]) {
    return `${name}: unknown key; of containerd's configuration only [${tableName(NRI)}] belongs here`;
  }
  const list = known.map((word) => tableName([word])).join(", ");
  return `${name}: unknown key; known ${path.length === 0 ? "at the top" : `in [${tableName(path)}]`} are ${list}`;
}

/** The steps of a path such as `policies.rules[2].timeout`. */
function stepsOf(path: string): (string | number)[] {
  const steps = path.matchAll(/([A-Za-z_]\w*)|\[(\d+)\]|("(?:[^"\\]|\\.)*")/g);
  return [...steps].map(([, word, index, quoted]) =>
    index !== undefined ? Number(index) : quoted !== undefined ? String(JSON.parse(quoted)) : (word ?? ""),
  );
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && begins(a, b);
}

function begins(longer: readonly string[], shorter: readonly string[]): boolean {
  return shorter.every((step, at) => longer[at] === step);
}
