// A YAML text as plain data, within limits: the first document of it, read as the Go plugins' library reads it.
import {
  Composer,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Parser,
  Scalar,
  visit,
  type YAMLMap,
} from "yaml";
import { plainScalar, scalarText, type YamlScalar } from "./yaml-scalar.js";

/** What YAML text comes to. Keys of mappings are strings, whatever they were written as. */
export type YamlValue = YamlScalar | YamlValue[] | Map<string, YamlValue>;

/** Brackets, commas, colons, dashes, line ends and the like that a text may have: they are what parsing takes time for. */
export const MAX_YAML_MARKS = 8192;
const MARKS = /[[\]{},:?&*!\n-]/g;
/** Values that one document may come to, those behind aliases counted each time. */
export const MAX_YAML_VALUES = 400_000;
/** A document of some size may not consist of repetitions only: this share of its values at most is behind aliases. */
const MAX_ALIASED_SHARE = 0.99;
const FEW_VALUES = 1_000;
const FEW_ALIASED = 100;

/** Parses the first document of `text`; without one it is null. Throws for what is no YAML or beyond the limits. */
export function parseYaml(text: string): YamlValue {
  const marks = text.match(MARKS)?.length ?? 0;
  if (marks > MAX_YAML_MARKS)
    throw new Error(`text has ${marks} brackets, commas and the like, at most ${MAX_YAML_MARKS} are parsed`);
  const lines = new LineCounter();
  const document = firstDocument(text, lines);
  if (document?.contents == null) return null;
  return new Expansion(targets(document)).value(document.contents);
}

function firstDocument(text: string, lines: LineCounter): Document.Parsed | undefined {
  // only the structure is the library's: scalars, merge keys and repeated keys are read here
  const composer = new Composer({ schema: "failsafe", resolveKnownTags: false, uniqueKeys: false, strict: true });
  for (const document of composer.compose(new Parser(lines.addNewLine).parse(text), true, text.length)) {
    const end = endOf(document.contents);
    const problem = document.errors.find(({ code, pos }) => code !== "UNEXPECTED_TOKEN" || pos[0] < end);
    if (problem === undefined) return document;
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new Error(`${problem.message} (line ${line}, column ${col})`);
  }
  return undefined;
}

/** Where the Go plugins' library stops reading: behind a list or mapping in brackets, or a word in quotes, anything may follow. */
function endOf(contents: Node | null): number {
  const closed = isCollection(contents) ? contents.flow : isScalar(contents) && contents.type?.startsWith("QUOTE");
  return (closed ? contents?.range?.[1] : undefined) ?? Number.POSITIVE_INFINITY;
}

/** What each alias stands for: the last node before it with that anchor. */
function targets(document: Document.Parsed): Map<Node, Node> {
  const anchors = new Map<string, Node>();
  const found = new Map<Node, Node>();
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target === undefined) throw new Error(`unknown anchor '${node.source}' referenced`);
        found.set(node, target);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return found;
}

/** Turns nodes into values, and counts them. */
class Expansion {
  #values = 0;
  #aliased = 0;
  readonly #open = new Set<Node>();

  constructor(readonly targets: ReadonlyMap<Node, Node>) {}

  value(node: unknown): YamlValue {
    this.#count();
    if (isAlias(node)) return this.#behind(node, (target) => this.value(target));
    if (isMap(node)) return this.#mapping(node, new Map());
    if (isSeq(node)) return node.items.map((item) => this.value(item));
    return isScalar(node) ? scalar(node) : null;
  }

  #count(): void {
    this.#values++;
    if (this.#open.size > 0) this.#aliased++;
    const excessive =
      this.#values > FEW_VALUES && this.#aliased > FEW_ALIASED && this.#aliased / this.#values > MAX_ALIASED_SHARE;
    if (excessive) throw new Error("document contains excessive aliasing");
    if (this.#values > MAX_YAML_VALUES) throw new Error(`document has more than ${MAX_YAML_VALUES} values`);
  }

  #behind<T>(alias: Node & { readonly source: string }, use: (target: Node) => T): T {
    const target = this.targets.get(alias);
    if (target === undefined || this.#open.has(alias))
      throw new Error(`anchor '${alias.source}' value contains itself`);
    this.#open.add(alias);
    const result = use(target);
    this.#open.delete(alias);
    return result;
  }

  /** Later keys go before earlier ones, also those of a merge. */
  #mapping(map: YAMLMap, into: Map<string, YamlValue>): Map<string, YamlValue> {
    for (const { key, value } of map.items) {
      if (isMergeKey(key)) this.#merge(value, into);
      else into.set(keyText(this.value(key)), this.value(value));
    }
    return into;
  }

  #merge(from: unknown, into: Map<string, YamlValue>): void {
    // of several the first one counts most
    const sources = isSeq(from) ? [...from.items].reverse() : [from];
    for (const source of sources) {
      const merge = (node: unknown): void => {
        if (!isMap(node)) throw new Error("map merge requires map or sequence of maps as the value");
        this.#count();
        this.#mapping(node, into);
      };
      if (isAlias(source)) this.#behind(source, merge);
      else merge(source);
    }
  }
}

const TAGS = "tag:yaml.org,2002:";

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.source === "<<" && (key.tag === `${TAGS}merge` || isPlain(key));
}

function isPlain({ type, tag }: Scalar): boolean {
  return type === Scalar.PLAIN && tag === undefined;
}

/** Tags that say what an unquoted word must be; with any other a scalar is a string. */
const CHECKED_TAGS = new Set(["null", "bool", "int", "float"]);
const TAG_OF_TYPE: Readonly<Record<string, string>> = {
  object: "null",
  boolean: "bool",
  bigint: "int",
  number: "float",
};

function scalar(node: Scalar): YamlScalar {
  const source = node.source ?? "";
  if (isPlain(node)) return plainScalar(source);
  const tag = node.tag?.startsWith(TAGS) ? node.tag.slice(TAGS.length) : "";
  if (tag === "binary") return Buffer.from(source, "base64").toString();
  if (!CHECKED_TAGS.has(tag)) return source;
  const value = plainScalar(source);
  if (tag === "float" && typeof value === "bigint") return Number(value);
  if (TAG_OF_TYPE[typeof value] !== tag) throw new Error(`cannot decode \`${source}\` as a !!${tag}`);
  return value;
}

function keyText(key: YamlValue): string {
  const text = typeof key === "object" ? undefined : scalarText(key);
  if (text === undefined) throw new Error(`a ${key === null ? "null" : "collection"} cannot be a key`);
  return text;
}
