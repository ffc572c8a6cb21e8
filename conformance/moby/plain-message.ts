// Messages as they are recorded: as JSON, without what is empty, and with what is another each time by name.

/** The message. `ids` become ID0, ID1, ...; processes and the names that dockerd makes up are PID and /NAME. */
export function plainMessage(value: unknown, ids: readonly string[] = []): unknown {
  const text = JSON.stringify(value, (key, each: unknown) => {
    if (typeof each === "bigint") return each === 0n ? undefined : String(each);
    if (key === "pid") return each === 0 ? undefined : "PID";
    if (key === "name" && typeof each === "string") return each.replace(/^\/\w+$/, "/NAME");
    if (each === "" || each === 0 || each === null || (Array.isArray(each) && each.length === 0)) return undefined;
    const index = ids.indexOf(String(each));
    return index < 0 ? each : `ID${index}`;
  });
  return sorted(JSON.parse(text));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, sorted(each)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
