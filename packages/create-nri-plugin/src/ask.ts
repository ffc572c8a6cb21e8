// Asks for what was not given: of a person at a terminal.
import { isCancel, select, text } from "@clack/prompts";
import { InterruptedError, type Terminal } from "./host.js";
import { indexProblem, nameProblem } from "./names.js";
import { TEMPLATES, type TemplateName } from "./templates.js";

/** Asks for the plugin's name. Throws InterruptedError. */
export function askName(terminal: Terminal): Promise<string> {
  const validate = (value: string | undefined) => nameProblem(value ?? "");
  return answer(text({ ...terminal, message: "What is the plugin called?", placeholder: "pinner", validate }));
}

/** Asks what the plugin begins as. Throws InterruptedError. */
export function askTemplate(terminal: Terminal): Promise<TemplateName> {
  const options = Object.entries(TEMPLATES).map(([value, hint]) => ({ value: value as TemplateName, hint }));
  return answer(select({ ...terminal, message: "What shall it do?", options }));
}

/** Asks for the plugin's index. Throws InterruptedError. */
export function askIndex(terminal: Terminal, initialValue: string): Promise<string> {
  const validate = (value: string | undefined) => indexProblem(value ?? "");
  const message = "Which place has it among other plugins (two digits)?";
  return answer(text({ ...terminal, message, initialValue, validate }));
}

async function answer<T>(asked: Promise<T>): Promise<Exclude<T, symbol>> {
  const value = await asked;
  if (isCancel(value)) throw new InterruptedError("nothing was made");
  return value as Exclude<T, symbol>;
}
