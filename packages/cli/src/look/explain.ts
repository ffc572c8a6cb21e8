// nri explain ID: what is known of one container.
import { parseAnyJson, parseSpec, printJson, printSpec, type Spec } from "@nri/oci";
import { specDiff } from "../changes/spec-diff.js";
import { EXIT, type Host, UsageError } from "../host.js";
import { type Paint, printable } from "../printable.js";
import { readArguments } from "../usage.js";
import type { Explanation } from "./explanation.js";
import { explanationText } from "./explanation-text.js";
import { answerTo, controlSocket, LOOK_HELP, LOOK_OPTIONS, paintOf } from "./question.js";

const HELP = `Usage: nri explain ID [-o FORMAT] [--control PATH]

Who changed what in a container, from what to what, what was refused or had no effect and why, and who has updated it since.

ID is an id, its beginning when no other begins so, domain/id, or a name. The latest containers that were refused or removed are
known as well.

Options:
  -o, --output FORMAT text: for people (default); diff: of the OCI spec; spec: the OCI spec that the runtime was given; original:
                      the one that the engine gave; json: everything (docs/control-api.md)
  --json              the same as -o json
${LOOK_HELP}

Example:
  nri explain web -o diff
`;

const FORMATS = ["text", "diff", "spec", "original", "json"] as const;

/** Runs the command. Throws UsageError for wrong use. */
export async function explain(args: readonly string[], host: Host): Promise<number> {
  const options = { ...LOOK_OPTIONS, output: { type: "string", short: "o" } } as const;
  const { values, positionals } = readArguments("explain", { args: [...args], options, allowPositionals: true });
  if (values.help) {
    host.stdout.write(HELP);
    return EXIT.ok;
  }
  const [id, ...others] = positionals;
  if (id === undefined || id === "") throw new UsageError("no ID given; see nri explain --help");
  if (others.length > 0) throw new UsageError(`unexpected "${others[0]}"; see nri explain --help`);
  const format = formatOf(values.output, values.json === true);
  const paint = paintOf(values, host);
  const socket = await controlSocket(values, host);
  if (typeof socket === "number") return socket;
  const text = await answerTo(`/v1/explain/${encodeURIComponent(id)}`, socket, host);
  if (text === undefined) return EXIT.failed;
  const shown = shownAs(format, text, paint);
  if (shown !== undefined) {
    host.stdout.write(shown);
    return EXIT.ok;
  }
  host.stderr.write(
    `nri: ${printable(id)}: there is no such spec: it was not created, or nothing is kept of its creation\n`,
  );
  return EXIT.failed;
}

function formatOf(output: string | undefined, json: boolean): (typeof FORMATS)[number] {
  if (json && output !== undefined && output !== "json") {
    throw new UsageError(`--json and -o ${output} exclude each other`);
  }
  const wanted = json ? "json" : (output ?? "text");
  const format = FORMATS.find((each) => each === wanted);
  if (format === undefined) throw new UsageError(`-o "${wanted}": must be one of ${FORMATS.join(", ")}`);
  return format;
}

/** Undefined when the spec that is wanted is not there. */
function shownAs(format: (typeof FORMATS)[number], text: string, paint: Paint): string | undefined {
  if (format === "json") return text;
  const explanation = JSON.parse(text) as Explanation;
  if (format === "text") return explanationText(explanation, paint);
  const [before, after] = [specIn(text, "original"), specIn(text, "spec")];
  if (format === "diff") {
    if (before === undefined || after === undefined) return undefined;
    const label = printable(`${explanation.domain}/${explanation.name || explanation.id}`);
    const changes = (explanation.creation?.changes ?? []).map((change) => ({
      ...change,
      event: "createContainer" as const,
    }));
    return specDiff({ label, before, after, from: "from the engine", changes }, paint);
  }
  const spec = format === "spec" ? after : before;
  return spec && `${printSpec(spec, { indent: 2 })}\n`;
}

/** A spec of the document, with all its digits. */
function specIn(text: string, which: "original" | "spec"): Spec | undefined {
  const document = parseAnyJson(text) as {
    readonly creation?: { readonly [key in typeof which]?: object | null } | null;
  };
  const spec = document.creation?.[which];
  return spec === undefined || spec === null ? undefined : parseSpec(printJson(spec));
}
