// Text of a configuration file (JSON or YAML) as data, with the place of the first mistake in the error.
import { parseDocument, type ScalarTag } from "yaml";
import { errorText, OciError, type OciErrorCode } from "../errors.js";
import { conform } from "../json/conform.js";
import { parseJson } from "../json/parse.js";
import { ANY, type Shape } from "../json/shape.js";
import { DEFAULT_FILE_LIMITS } from "../limits.js";

// File modes are written `0660`, which is octal for Go's decoder (YAML 1.1) and 660 for YAML 1.2.
const OCTAL: ScalarTag = {
  tag: "tag:yaml.org,2002:int",
  default: true,
  test: /^0[0-7]+$/,
  resolve: (text: string) => BigInt(`0o${text}`),
};

/** Reads `text` as JSON when `name` ends in `.json`, else as YAML, and checks it. Errors begin with the name and the place. */
export function readConfig(text: string, name: string, shape: Shape, code: OciErrorCode): unknown {
  const value = name.endsWith(".json") ? parseJson(text, ANY, { name }) : parseYaml(text, name, code);
  try {
    return conform(value, shape);
  } catch (cause) {
    throw new OciError(code, `${name}: ${errorText(cause)}`, { cause });
  }
}

function parseYaml(text: string, name: string, code: OciErrorCode): unknown {
  const document = parseDocument(text, {
    intAsBigInt: true,
    customTags: (tags) => [OCTAL, ...tags],
  });
  const [error] = document.errors;
  if (error !== undefined) {
    const [{ line, col: column } = { line: 1, col: 1 }] = error.linePos ?? [];
    const [reason = ""] = error.message.split("\n");
    throw new OciError(code, `${name}:${line}:${column}: ${reason.replace(/ at line .*$/, "")}`, { line, column });
  }
  try {
    return document.toJS({ maxAliasCount: DEFAULT_FILE_LIMITS.maxYamlAliases });
  } catch (cause) {
    throw new OciError(code, `${name}: ${errorText(cause)}`, { cause });
  }
}
