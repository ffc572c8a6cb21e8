// Text of a YAML or JSON file to documents whose values know their lines.
import { type Document, isMap, LineCounter, parseAllDocuments } from "yaml";
import { TestingError } from "../errors.js";
import { LIMITS } from "../limits.js";
import { Located } from "./located.js";

/**
 * The documents of a YAML file with many documents, or of a JSON file. Empty documents are left out.
 * Throws `TestingError` code "invalid-input" with the line of the first syntax error, a repeated key, or a limit.
 */
export function readDocuments(text: string, file: string): Located[] {
  if (text.length > LIMITS.inputCharacters) {
    throw new TestingError("invalid-input", `more than ${LIMITS.inputCharacters} characters`, {
      position: { file, line: 1 },
    });
  }
  const nul = text.indexOf("\0");
  if (nul >= 0) {
    const line = text.slice(0, nul).split("\n").length;
    throw new TestingError("invalid-input", "not a text file: it holds a zero byte", { position: { file, line } });
  }
  const lines = new LineCounter();
  refuseDepth(text, file);
  const documents = parse(text, file, lines);
  const found: Located[] = [];
  for (const document of documents) {
    const error = document.errors[0];
    if (error !== undefined) {
      const { line, col } = lines.linePos(error.pos[0]);
      throw new TestingError("invalid-input", `invalid YAML: ${oneLine(error.message)}`, {
        position: { file, line, column: col },
        cause: error,
      });
    }
    const root = new Located({ file, document, lines }, document.contents, "", document.range[0]);
    if (!root.exists) continue;
    if (!isMap(document.contents)) root.fail(`must be a map with apiVersion and kind, is ${root.description}`);
    found.push(root);
  }
  return found;
}

/**
 * The parser recurses, and running out of stack inside it can end the whole process. Counts brackets and list dashes
 * without understanding quotes, so it is a guard with a wide margin, not a grammar.
 */
function refuseDepth(text: string, file: string): void {
  let depth = 0;
  let line = 1;
  let dashes = 0;
  let inIndicators = true;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (character === 0x0a) {
      line += 1;
      dashes = 0;
      inIndicators = true;
    } else if (character === 0x5b || character === 0x7b) depth += 1;
    else if ((character === 0x5d || character === 0x7d) && depth > 0) depth -= 1;
    else if (inIndicators && (character === 0x2d || character === 0x3f)) dashes += 1;
    else if (character !== 0x20) inIndicators = false;
    if (depth > LIMITS.depth || dashes > LIMITS.depth) {
      throw new TestingError("invalid-input", `invalid YAML: nested deeper than ${LIMITS.depth} levels`, {
        position: { file, line },
      });
    }
  }
}

function parse(text: string, file: string, lines: LineCounter): Document.Parsed[] {
  try {
    const documents = parseAllDocuments(text, { lineCounter: lines, intAsBigInt: true, prettyErrors: false });
    return Array.isArray(documents) ? documents : [];
  } catch (cause) {
    // The parser recurses: a hundred thousand brackets end its stack.
    if (!(cause instanceof RangeError)) throw cause;
    throw new TestingError("invalid-input", "invalid YAML: nested too deeply", { position: { file, line: 1 }, cause });
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
