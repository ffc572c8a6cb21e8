// The rows of the table `compat`, and how the tests of one surface are declared: each row in both columns, none left out.
import { describe, test } from "node:test";
import { Place } from "./place.js";

/** The two columns. */
export type Column = "default" | "reference";

/** The rows in the order of the table. */
export const ROWS = {
  deadline: "a plugin that misses its deadline",
  required: "a required plugin",
  events: "unknown event bits",
  duplicate: "a second live plugin with the same index and name",
  registration: "a second RegisterPlugin on a connection, and updates before registration",
  shutdown: "Shutdown",
  shown: "updates are shown to builtin validators",
  removals: "removals of what the container came with, pids in updates, removal before addition",
  eviction: "eviction",
  badName: "an executable with a bad name in the plugin directory",
  generator: "what the reference's generator drops",
} as const;

/** A row. */
export type Row = keyof typeof ROWS;

/** Tries a row in one column; rejects when something else happens than the column says. */
export type Check = (place: Place, column: Column) => Promise<void>;

/** Declares the tests of one surface: two for each row. For a row that cannot show there the text says why. */
export function testRows(surface: string, checks: { readonly [Name in Row]: Check | string }): void {
  // They mostly wait for plugins that are silent.
  describe(`compat in ${surface}`, { concurrency: 4 }, () => {
    for (const [row, check] of Object.entries(checks)) {
      if (typeof check === "string") continue;
      for (const column of ["default", "reference"] as const) {
        test(`${ROWS[row as Row]}: ${column}`, async () => {
          await using place = await Place.make();
          await check(place, column);
        });
      }
    }
  });
}
