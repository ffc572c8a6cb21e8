// The one error class of this package.

/** What went wrong; code branches on this, never on the text. */
export type OciErrorCode =
  /** Not JSON, or not UTF-8. */
  | "invalid-json"
  /** A key given twice in one object. */
  | "duplicate-key"
  /** Longer or deeper than the limits. */
  | "limit"
  /** JSON, but not an OCI runtime spec: a wrong type or a number out of range. */
  | "invalid-spec"
  /** A value that cannot be written as JSON. */
  | "unprintable"
  /** The annotation filter refused. */
  | "annotations"
  /** An unknown namespace type. */
  | "namespace"
  /** The resource checker refused. */
  | "resources"
  /** The block I/O class could not be resolved. */
  | "blockio-class"
  /** The RDT class could not be resolved. */
  | "rdt-class"
  /** A mount's source is not shared as its propagation needs, or the mount table could not be read. */
  | "mount-propagation"
  /** CDI devices that nothing describes. */
  | "cdi-unresolvable"
  /** A CDI device that could not be put into the spec. */
  | "cdi-injection"
  /** A CDI spec file that breaks the rules. */
  | "cdi-spec"
  /** A class configuration that cannot be read or used. */
  | "class-config";

/** A failure of this package. The message says what, where and which limit; `cause` is what it came from. */
export class OciError extends Error {
  /** Always `OciError`. */
  override readonly name = "OciError";
  /** What went wrong. */
  readonly code: OciErrorCode;
  /** Line in the document, from 1, for errors of reading one. */
  readonly line: number | undefined;
  /** Column in the line, from 1 in UTF-16 units, for errors of reading a document. */
  readonly column: number | undefined;

  constructor(
    code: OciErrorCode,
    message: string,
    options?: { readonly cause?: unknown; readonly line?: number; readonly column?: number },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.line = options?.line;
    this.column = options?.column;
  }
}

/** The text of anything thrown. */
export function errorText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
