// What the label `error` says of a failed call: a gRPC code in snake case, as containerd's metrics do.
import { StatusCode, StatusError } from "@nri/ttrpc";
import { AdaptationError } from "../errors.js";

const LABELS = new Map<number, string>(Object.entries(StatusCode).map(([name, code]) => [code, name.toLowerCase()]));

/** `""` without an error; `other` for what has no code, such as a lost connection; `unknown_code` for codes gRPC has not. */
export function errorLabel(error: Error | undefined): string {
  if (error === undefined) {
    return "";
  }
  if (causes(error).some(({ name }) => name === "TimeoutError")) {
    return "deadline_exceeded"; // the caller's own deadline
  }
  const code = error instanceof AdaptationError ? error.code : undefined;
  switch (code) {
    case "request-timeout":
    case "deadline-exceeded":
      return "deadline_exceeded";
    case "canceled":
      return "canceled";
    case "message-too-large":
      return "resource_exhausted";
  }
  const status = causes(error).find((cause) => cause instanceof StatusError);
  return status === undefined ? "other" : (LABELS.get(status.status) ?? "unknown_code");
}

/** The error and what caused it, as far as those are errors. */
function causes(error: Error): Error[] {
  const all: Error[] = [];
  for (let next: unknown = error; next instanceof Error && all.length < 8; next = next.cause) {
    all.push(next);
  }
  return all;
}
