// Names of CDI devices: VENDOR/CLASS=DEVICE.

const VENDOR_OR_CLASS = /^[A-Za-z](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;
const DEVICE = /^[A-Za-z0-9](?:[A-Za-z0-9_.:-]*[A-Za-z0-9])?$/;

/** The reason why `kind` (`vendor/class`) is none, or undefined. */
export function kindError(kind: string): string | undefined {
  const slash = kind.indexOf("/");
  if (slash <= 0 || slash === kind.length - 1) return `kind ${JSON.stringify(kind)} is not of the form vendor/class`;
  for (const [what, name] of [
    ["vendor", kind.slice(0, slash)],
    ["class", kind.slice(slash + 1)],
  ] as const) {
    if (!VENDOR_OR_CLASS.test(name)) {
      return `invalid ${what} ${JSON.stringify(name)}: a letter, then letters, digits, "_", "-", ".", at the end no sign`;
    }
  }
  return undefined;
}

/** The reason why `name` is no device name, or undefined. */
export function deviceNameError(name: string): string | undefined {
  if (DEVICE.test(name)) return undefined;
  return `invalid device name ${JSON.stringify(name)}: letters, digits, and inside "_", "-", ".", ":"`;
}

/** The name that plugins use for a device of a kind. */
export function qualifiedName(kind: string, device: string): string {
  return `${kind}=${device}`;
}
