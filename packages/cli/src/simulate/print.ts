// The result in the format that was asked for.

import { printSpec, type Spec } from "@nri/oci";
import { jsonText } from "@nri/runtime/json-text";
import { parseDocument, visit, stringify as yamlOf } from "yaml";
import type { Host } from "../host.js";
import { paintFor } from "../printable.js";
import type { SimulateOptions } from "./options.js";
import type { Notes, SimulationResult } from "./result.js";

/** The text for stdout. */
export async function print(
  result: SimulationResult,
  options: SimulateOptions,
  notes: Notes,
  host: Host,
): Promise<string> {
  switch (options.format) {
    case "spec":
      return specText(selectedSpecs(result, options.container));
    case "yaml":
      return yamlText(selectedSpecs(result, options.container));
    case "json": {
      const { resultDocument } = await import("./document.js");
      return `${jsonText(resultDocument(result))}\n`;
    }
    case "diff": {
      const { diffText } = await import("./spec-diff.js");
      return diffText(result, options.container, paintFor(host.stdout, options.color, host.env));
    }
    case "text": {
      const { textFor } = await import("./text.js");
      return textFor(result, notes, paintFor(host.stdout, options.color, host.env));
    }
  }
}

/** The final specs, of one container or of all; none when one of them was refused or never created. */
function selectedSpecs(result: SimulationResult, container: string | undefined): readonly Spec[] {
  const all = result.pods.flatMap(({ containers }) => containers);
  const selected = all.filter(({ played }) => container === undefined || played.plan.container.name === container);
  if (result.pods.some(({ problems }) => problems.some(({ refused }) => refused))) return [];
  if (selected.some(({ refused }) => refused)) return [];
  const specs = selected.flatMap(({ played }) => (played.spec === undefined ? [] : [played.spec]));
  return specs.length === selected.length ? specs : [];
}

function specText(specs: readonly Spec[]): string {
  const texts = specs.map((spec) => printSpec(spec, { indent: 2 }));
  if (texts.length === 0) return "";
  if (texts.length === 1) return `${texts[0]}\n`;
  return `[\n${texts.map((text) => `  ${text.replaceAll("\n", "\n  ")}`).join(",\n")}\n]\n`;
}

/** JSON is YAML: the document is read as such and written in YAML's own style, with all digits. */
function yamlText(specs: readonly Spec[]): string {
  const text = specText(specs);
  if (text === "") return "";
  const document = parseDocument(text, { intAsBigInt: true, uniqueKeys: false });
  visit(document, {
    Collection: (_key, node) => {
      node.flow = false;
    },
    Scalar: (_key, node) => {
      if (typeof node.value === "string") delete node.type;
    },
  });
  return yamlOf(document, { lineWidth: 0 });
}
