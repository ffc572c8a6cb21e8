// The commands of a page, as a reader would run them.

/** A block of shell commands. */
export interface ShellBlock {
  readonly commands: string;
  /** What the text block behind it says that the last command prints; undefined where the page does not say. */
  readonly prints: string | undefined;
}

/**
 * The shell blocks of a page, or of a part of one, each with the text block that follows it at once. Of those for one version of a
 * program (`sh podman 4`) the ones for `version`.
 */
export function shellBlocks(markdown: string, version?: string): ShellBlock[] {
  return [...markdown.matchAll(/```sh(?: ([^\n]*))?\n(.*?)```(?:\s*```text\n(.*?)```)?/gs)].flatMap(
    ([, only, commands = "", prints]) => (only === undefined || only === version ? [{ commands, prints }] : []),
  );
}

/** The part of a page below a heading of the second level. Throws when there is none. */
export function section(markdown: string, heading: string): string {
  const found = markdown.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`no heading "${heading}"`);
  return found;
}
