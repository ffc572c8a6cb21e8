// Values of adjustable fields as people read them: `64 MiB`, `c 10:229`, `bind /src ro`.

const STEPS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] as const;

/** A number of bytes in the largest binary unit that divides it: 67108864 is `64 MiB`. -1 is `unlimited`. */
export function showBytes(bytes: bigint): string {
  if (bytes < 0n) return bytes === -1n ? "unlimited" : String(bytes);
  let unit = 0;
  let rest = bytes;
  while (rest >= 1024n && rest % 1024n === 0n && unit < STEPS.length - 1) {
    rest /= 1024n;
    unit++;
  }
  return `${rest} ${STEPS[unit]}`;
}

/** Microseconds: `100000 us`. */
export function showMicroseconds(micros: bigint): string {
  return `${micros} us`;
}

/** A number as it is; -1 is `unlimited`. */
export function showCount(count: bigint): string {
  return count === -1n ? "unlimited" : String(count);
}

/** Words as one would type them in a shell: those with blanks or nothing in them are quoted. */
export function showWords(words: readonly string[]): string {
  return words.map((word) => (/^[^\s"'\\]+$/.test(word) ? word : JSON.stringify(word))).join(" ");
}

/** The name of an enum's value, or its number when this release does not know it. */
export function showEnum(values: Readonly<Record<string, number>>, value: number): string {
  for (const name in values) {
    if (values[name] === value) return name;
  }
  return String(value);
}

/** The parts that say something, with blanks between them. */
export function showParts(...parts: readonly (string | undefined | false)[]): string {
  return parts.filter((part) => part !== undefined && part !== false && part !== "").join(" ");
}
