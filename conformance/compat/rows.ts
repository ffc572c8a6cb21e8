// The rows of the table `compat`, and how the tests of one surface are declared: each row in both columns, none left out.
import { describe, test } from "node:test";
import { Place } from "./place.js";

/** The two columns. */
export type Column = "default" | "reference";

/** The rows in the order of the table: their titles in docs/deviations.md, and how the rows begin that have the details. */
export const ROWS = {
  deadline: {
    title: "Plugin that misses its deadline",
    details: ["Plugin that fails a request", "Deadline of a call"],
  },
  required: { title: "Required plugin", details: ["Required plugin, by `policies`"] },
  events: { title: "Unknown event bits", details: ["Unknown event bits in the answer to Configure"] },
  duplicate: {
    title: "Second live plugin with the same index and name",
    details: ["Second live plugin with the same index and name"],
  },
  registration: {
    title: "Second RegisterPlugin on a connection; updates before registration",
    details: ["Second RegisterPlugin on a connection", "UpdateContainers before registration"],
  },
  shutdown: { title: "Shutdown", details: ["Shutdown"] },
  shown: { title: "Updates shown to builtin validators", details: ["Updates and evictions"] },
  removals: {
    title: "Removal of original variables and devices; pids in updates; removal before addition",
    details: [
      "Removal of an original environment variable or device",
      "pids limit in an update",
      "env, devices, namespaces, mounts that one answer adds and removes",
    ],
  },
  eviction: { title: "Eviction", details: ["Eviction, in answers and unsolicited"] },
  badName: {
    title: "Executable with a bad name in the plugin directory",
    details: ["Executable with a bad name in the plugin directory"],
  },
  generator: {
    title: "Fields that the reference's generator drops",
    details: ["memory reservation, swap, kernel", "seccomp default_errno", "rlimit of a type that the spec has"],
  },
  legacy: { title: "v0.1.0 plugin binary", details: ["v0.1.0 plugin binary"] },
} as const;

/** A row. */
export type Row = keyof typeof ROWS;

/** Tries a row in one column; rejects when something else happens than the column says. */
export type Check = (place: Place, column: Column) => Promise<void>;

/** How each row is tried in one surface. For a row that cannot show there a text says why. */
export type Checks = { readonly [Name in Row]: Check | string };

/** Declares the tests of one surface: two for each row. */
export function testRows(surface: string, checks: Checks): void {
  // They mostly wait for plugins that are silent.
  describe(`compat in ${surface}`, { concurrency: 4 }, () => {
    for (const [row, check] of Object.entries(checks)) {
      if (typeof check === "string") continue;
      for (const column of ["default", "reference"] as const) {
        test(`${ROWS[row as Row].title}: ${column}`, async () => {
          await using place = await Place.make();
          await check(place, column);
        });
      }
    }
  });
}
