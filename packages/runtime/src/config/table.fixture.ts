// The table of keys as docs/bridge-configuration.md has it.
import { ROWS, TABLES, tableName } from "./settings.js";

/** One table for each table of the configuration. */
export function settingsTables(): string {
  return TABLES.map(({ table }) => {
    const rows = ROWS.filter(([, row]) => row.table === table).map(([, row]) => {
      const says = `${row.says}${row.takes === "restart" ? " (restart)" : ""}`;
      return `| \`${row.key}\` | ${row.kind.name} | \`${row.kind.print(row.value)}\` | ${says} |`;
    });
    return [`**\`[${tableName(table)}]\`**`, "", "| Key | Kind | Default | |", "|---|---|---|---|", ...rows].join("\n");
  }).join("\n\n");
}
