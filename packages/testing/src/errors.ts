// The one error class of this package.

/** What went wrong, for programs. */
export type TestingErrorCode =
  /** A document that is not what it claims to be: wrong syntax, wrong type, unknown kind, missing field. */
  | "invalid-input"
  /** A caller's option that cannot be meant. */
  | "invalid-option"
  /** A plugin did not join: it could not be started, was refused, or gave up. */
  | "plugin-failed"
  /** A step of a life for which the pod or container is not ready. */
  | "wrong-state"
  /** What was waited for did not come. */
  | "timeout";

/** Where in the input something stands. Lines and columns count from 1. */
export interface InputPosition {
  /** Name of the file as the user gave it; `-` is shown as `<stdin>`. */
  readonly file: string;
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1, when known. */
  readonly column?: number | undefined;
}

/**
 * Any failure of this package. The message is one line; with a position it begins with `FILE:LINE: `.
 * Branch on `code`, never on the text.
 */
export class TestingError extends Error {
  /** Name of the class. */
  override readonly name = "TestingError";
  /** What went wrong. */
  readonly code: TestingErrorCode;
  /** Where, when it concerns an input file. */
  readonly position: InputPosition | undefined;

  constructor(code: TestingErrorCode, text: string, options: { position?: InputPosition; cause?: unknown } = {}) {
    const where = options.position === undefined ? "" : `${options.position.file}:${options.position.line}: `;
    super(where + text, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.position = options.position;
  }
}

/** `thrown` as an Error, for places that keep one. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
