// Enums of NRI and the names that the OCI spec has for their values; both use the kernel's names.

/** A generated enum. */
export interface EnumTable {
  readonly [name: string]: number;
}

/** The name of `value`; "" for a value that nobody knows. */
export function enumName(table: EnumTable, value: number): string {
  return Object.keys(table).find((name) => table[name] === value) ?? "";
}

/** The value called `name`; 0 for a name that nobody knows, as the reference has it. */
export function enumValue(table: EnumTable, name: string | undefined): number {
  return (name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined) ?? 0;
}
