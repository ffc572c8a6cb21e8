/**
 * Both ends of NRI without a node: a runtime side that takes its steps as JSON lines, and a plugin that answers from a
 * script. Tests of plugins and of runtimes use them in a process or, in any language, as `nri runtime` and
 * `nri plugin --script`.
 *
 * @packageDocumentation
 */
export { goJson, type LineValue, messageJson, RawJson } from "./json-lines.js";
export { Scenario, type ScenarioOptions, type ScenarioStep } from "./scenario.js";
export { type AnswersByName, type PluginScript, parseScript, type ScriptAnswer } from "./script.js";
export { type ScriptedPluginOptions, type StandInMode, scriptedPlugin, standInEvents } from "./scripted-plugin.js";
