// The templates: a base that all share, and a small part of each. Files with {{words}} that are filled in.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../templates", import.meta.url));

/** Every template, with what its plugin does. */
export const TEMPLATES = {
  observer: "watches pods and containers, changes nothing",
  device: "gives containers devices that an annotation asks for",
  resources: "sets resources by a class that an annotation names, also at updates",
  validator: "looks at what other plugins have made of a container, and may refuse it",
  network: "gives containers network devices and sysctls",
  bare: "greets containers whose pod asks for it: one handler, to begin with",
} as const;

/** Name of a template. */
export type TemplateName = keyof typeof TEMPLATES;

/** Whether there is such a template. */
export function isTemplate(name: string): name is TemplateName {
  return Object.hasOwn(TEMPLATES, name);
}

/** What is filled in: `{{name}}` and so on. */
export interface Words {
  readonly [word: string]: string;
}

/** Files whose names npm does not pack or acts upon, as they are called in a project. */
const NAMES: { readonly [stored: string]: string } = { gitignore: ".gitignore", dockerignore: ".dockerignore" };

/** The files of a project, by path. A template's own file goes before the base's. Throws for a word that nobody knows. */
export function projectFiles(template: TemplateName, words: Words): Map<string, string> {
  const about = readFileSync(join(FOLDER, template, "about.md"), "utf8").trim();
  const all: Words = { ...words, template, summary: TEMPLATES[template], about };
  const files = new Map<string, string>();
  for (const part of ["base", template]) {
    const folder = join(FOLDER, part);
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of entries) {
      const path = join(relative(folder, parentPath), NAMES[name] ?? name);
      if (part !== "base" && path === "about.md") continue;
      files.set(fill(path, all), fill(readFileSync(join(parentPath, name), "utf8"), all));
    }
  }
  return files;
}

/** Words may have words in them, once. */
function fill(text: string, words: Words): string {
  const once = (part: string) =>
    part.replace(/\{\{(\w+)\}\}/g, (_, word: string) => {
      const value = Object.hasOwn(words, word) ? words[word] : undefined;
      if (value === undefined) throw new Error(`a template asks for {{${word}}}, which nobody knows`);
      return value;
    });
  return once(once(text));
}
