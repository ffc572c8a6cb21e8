// Options in the spelling of the Go programs: one or two dashes, `-name value` or `-name=value`.

/**
 * Reads options. Names in `switches` take no value. Throws for an argument that is no option, and for an option which
 * neither list names: a measurement must not quietly ignore what it was told.
 */
export function readFlags(
  args: readonly string[],
  names: readonly string[],
  switches: readonly string[] = [],
): Readonly<Record<string, string>> {
  const flags: Record<string, string> = Object.create(null) as Record<string, string>;
  for (let i = 0; i < args.length; i++) {
    const match = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(args[i] ?? "");
    const name = match?.[1];
    if (name === undefined) throw new Error(`not an option: "${args[i]}"`);
    if (switches.includes(name)) flags[name] = match?.[2] ?? "true";
    else if (names.includes(name)) {
      const value = match?.[2] ?? args[++i];
      if (value === undefined) throw new Error(`option -${name} needs a value`);
      flags[name] = value;
    } else throw new Error(`unknown option -${name}`);
  }
  return flags;
}

/** A whole number from a flag. Throws for anything else. */
export function numberFlag(flags: Readonly<Record<string, string>>, name: string, otherwise: number): number {
  const text = flags[name];
  if (text === undefined) return otherwise;
  if (!/^\d+$/.test(text)) throw new Error(`option -${name} wants a number, not "${text}"`);
  return Number(text);
}

/** Milliseconds from a duration such as `500ms` or `10s`. Throws for anything else. */
export function durationFlag(flags: Readonly<Record<string, string>>, name: string, otherwiseMs: number): number {
  const text = flags[name];
  if (text === undefined) return otherwiseMs;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  if (match === null) throw new Error(`option -${name} wants a duration such as 500ms, not "${text}"`);
  return Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2] as "ms" | "s" | "m"];
}
