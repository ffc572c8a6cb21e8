// Values in error texts.

const MOST_CHARACTERS = 40;
const MOST_BITS = 128;

/** A value as an error shows it: short, and with its type. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `${JSON.stringify(value.length > MOST_CHARACTERS ? `${value.slice(0, MOST_CHARACTERS)}...` : value)} (string)`;
    case "bigint":
      return BigInt.asIntN(MOST_BITS, value) === value ? `${value}n (bigint)` : `a bigint of over ${MOST_BITS} bits`;
    case "number":
    case "boolean":
      return `${value} (${typeof value})`;
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return `an array of ${value.length}`;
      return value instanceof Map ? "a Map" : "an object";
    case "undefined":
      return "undefined";
    default:
      return `a ${typeof value}`;
  }
}
