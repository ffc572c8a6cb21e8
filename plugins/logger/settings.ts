// What the logger is told by flags and configuration; spec: plugins 3.
import { type AdjustmentBuilder, adjustment } from "@nri/plugin";
import { parseEventMask } from "@nri/protocol";
import { errorText } from "../common/error-text.js";
import { list, readYaml, record, text } from "../common/yaml-value.js";

/** Settings of the logger; "" means not set. */
export interface Settings {
  readonly logFile: string;
  /** Event names; a list of one empty name when nobody gave any. */
  readonly events: readonly string[];
  readonly addAnnotation: string;
  readonly setAnnotation: string;
  readonly addEnv: string;
  readonly setEnv: string;
}

const shape = record({
  logFile: text,
  events: list(text),
  addAnnotation: text,
  setAnnotation: text,
  addEnv: text,
  setEnv: text,
});

/**
 * `flags` overlaid with what the YAML text `config` says. As in the reference, a configuration without `events` leaves the
 * flag's value in place, even an empty one, which is then no valid event name.
 */
export function configured(flags: Settings, config: string): Settings {
  try {
    const given = readYaml(config, shape);
    return {
      logFile: given.logFile || flags.logFile,
      events: given.events.length > 0 ? given.events : flags.events,
      addAnnotation: given.addAnnotation || flags.addAnnotation,
      setAnnotation: given.setAnnotation || flags.setAnnotation,
      addEnv: given.addEnv || flags.addEnv,
      setEnv: given.setEnv || flags.setEnv,
    };
  } catch (error) {
    throw new Error(`failed to parse provided configuration: ${errorText(error)}`);
  }
}

/** Mask of the events asked for. An unknown name, also an empty one, throws an Error that begins with `failure`. */
export function eventMask(settings: Settings, failure: string): number {
  try {
    return parseEventMask(...settings.events);
  } catch (error) {
    throw new Error(`${failure}: ${errorText(error)}`);
  }
}

/** The adjustment that leaves `value` wherever the settings say; "set" takes over what is there, "add" may conflict. */
export function marks(settings: Settings, value: string): AdjustmentBuilder {
  const { addAnnotation, setAnnotation, addEnv, setEnv } = settings;
  const adjust = adjustment();
  if (addAnnotation !== "") adjust.annotation(addAnnotation, value);
  if (setAnnotation !== "") adjust.removeAnnotation(setAnnotation).annotation(setAnnotation, value);
  if (addEnv !== "") adjust.env(addEnv, value);
  if (setEnv !== "") adjust.removeEnv(setEnv).env(setEnv, value);
  return adjust;
}
