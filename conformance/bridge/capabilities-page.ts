// The section of docs/capabilities.md about the bridge, from the table that the bridge itself has.

import { EVENT_NAMES, EVENTS } from "@nri/protocol";
import { CAPABILITIES, capabilityOf, type EventCapability, type FieldCapability } from "@nri/runtime";

/** The page that has the section. */
export const PAGE = "docs/capabilities.md";
const BEGIN = "<!-- written by `npm run capabilities` from packages/runtime/src/capabilities.ts -->";
const END = "<!-- end of what is written -->";

/** The page with its section anew. Throws when the page has no place for it. */
export function withSection(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${PAGE} has no lines "${BEGIN}" and "${END}" in this order`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${section()}\n${page.slice(end)}`;
}

function section(): string {
  return [
    "| Domain | What it is |",
    "|---|---|",
    ...CAPABILITIES.map(({ domain, about }) => `| \`${domain}\` | ${about} |`),
    "",
    "### Events of each domain",
    "",
    ...table(
      "Event",
      [...EVENT_NAMES],
      (name) => EVENTS[name].name,
      (name, { events }) => eventCell(events[name]),
    ),
    "",
    "### Fields of pods",
    "",
    ...table(
      "Field",
      rows(({ pod }) => pod),
      code,
      (path, { pod }) => fieldCell(capabilityOf(pod, path)),
    ),
    "",
    "### Fields of containers",
    "",
    ...table(
      "Field",
      rows(({ container }) => container),
      code,
      (path, { container }) => fieldCell(capabilityOf(container, path)),
    ),
    "",
  ].join("\n");
}

type Entry = (typeof CAPABILITIES)[number];

function table<Row>(
  what: string,
  rowsOf: readonly Row[],
  title: (row: Row) => string,
  cell: (row: Row, entry: Entry) => string,
): string[] {
  return [
    `| ${[what, ...CAPABILITIES.map(({ domain }) => code(domain))].join(" | ")} |`,
    `|${"---|".repeat(CAPABILITIES.length + 1)}`,
    ...rowsOf.map((row) => `| ${[title(row), ...CAPABILITIES.map((entry) => cell(row, entry))].join(" | ")} |`),
  ];
}

function rows(fields: (entry: Entry) => object): string[] {
  return [...new Set(CAPABILITIES.flatMap((entry) => Object.keys(fields(entry))))];
}

const code = (text: string): string => `\`${text}\``;

function eventCell(capability: EventCapability): string {
  return "at" in capability ? capability.at : `no: ${capability.reason}`;
}

function fieldCell(capability: FieldCapability | undefined): string {
  if (capability === undefined) return "as its parts below";
  if ("reason" in capability) return `no: ${capability.reason}`;
  const { from, since, until, when, untested } = capability;
  return [
    from,
    since === undefined ? "" : `, from ${EVENTS[since].name} on`,
    until === undefined ? "" : `, until ${EVENTS[until].name}`,
    when === undefined ? "" : ` (those ${when})`,
    untested === undefined ? "" : `; not tried: ${untested}`,
  ].join("");
}
