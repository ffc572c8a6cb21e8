// docs/bridge-configuration.md has every key, as it is.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { settingsTables } from "./table.fixture.js";

test("docs/bridge-configuration.md lists every key with kind, default and what it does", () => {
  const page = readFileSync(new URL("../../../../docs/bridge-configuration.md", import.meta.url), "utf8");
  const tables = settingsTables();
  // Whoever changes a row finds here what to put into the page.
  assert.ok(page.includes(tables), `docs/bridge-configuration.md must have these tables:\n\n${tables}\n`);
});
