// Asks a builtin which other plugins a request cannot do without.
import { type Container, EVENTS, type EventName, type Init, type PodSandbox } from "@nri/protocol";
import { AdaptationError, errorText } from "../errors.js";
import { effectiveAnnotation } from "./annotation.js";
import type { BuiltinPlugin, RequirementQuery } from "./builtin-plugin.js";

interface Subject {
  readonly pod?: Init<PodSandbox> | undefined;
  readonly container?: Init<Container> | undefined;
}

/** Names of required plugins. Throws `required-plugin` when the builtin cannot tell, since then nobody knows. */
export function requiredBy(
  plugin: BuiltinPlugin,
  name: string,
  event: EventName,
  message: Init<unknown>,
): readonly string[] {
  try {
    return plugin.requiredPlugins?.(new Query(event, message as Subject)) ?? [];
  } catch (error) {
    const request = EVENTS[event].name;
    const text = `${request} refused by "${name}": ${errorText(error)}`;
    throw new AdaptationError("required-plugin", text, { plugin: name, request, cause: error });
  }
}

class Query implements RequirementQuery {
  readonly event: EventName;
  readonly #subject: Subject;

  constructor(event: EventName, subject: Subject) {
    this.event = event;
    this.#subject = subject;
  }

  get namespace(): string {
    return this.#subject.pod?.namespace ?? "";
  }

  get pod(): string {
    return this.#subject.pod?.name ?? "";
  }

  get container(): string | undefined {
    const { container } = this.#subject;
    return container && (container.name ?? "");
  }

  annotation(key: string): string | undefined {
    return effectiveAnnotation(this.#subject.pod, key, this.container);
  }
}
