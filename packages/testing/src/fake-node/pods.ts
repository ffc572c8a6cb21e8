// What tests give as a pod, as plans.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PodBuilder } from "../builder.js";
import { TestingError } from "../errors.js";
import { readDocuments } from "../input/read.js";
import { manifestToPods } from "../manifest/manifest.js";
import type { PodPlan } from "../plan.js";

/** A pod of a test: a builder, a plan, the text of a manifest, or the URL of a file with one. */
export type PodInput = PodBuilder | PodPlan | string | URL;

/** All pods of `input`. Throws `TestingError` code "invalid-input", with file and line, for a manifest that is none. */
export function podsOf(input: PodInput): readonly PodPlan[] {
  if (input instanceof PodBuilder) return [input.build()];
  if (typeof input === "string") return fromText(input, "<manifest>");
  if (!(input instanceof URL)) return [input];
  const file = fileURLToPath(input);
  return fromText(readFileSync(file, "utf8"), file);
}

function fromText(text: string, file: string): readonly PodPlan[] {
  if (!text.includes(":")) {
    const hint = "give the text of a manifest, or the URL of its file";
    throw new TestingError("invalid-input", `${JSON.stringify(text.slice(0, 60))} is no manifest: ${hint}`);
  }
  return manifestToPods(readDocuments(text, file), { file }).pods;
}

/** The only pod of `input`. Throws `invalid-input` when there are several, or none. */
export function onePodOf(input: PodInput): PodPlan {
  const [plan, ...more] = podsOf(input);
  if (plan !== undefined && more.length === 0) return plan;
  const found = plan === undefined ? "no pod" : `${more.length + 1} pods (playAll takes several)`;
  throw new TestingError("invalid-input", `the manifest holds ${found}, not one`);
}
