// Records as Go reads them: conformance/golden/moby has more of them, recorded.
import assert from "node:assert/strict";
import { test } from "node:test";
import { csvRecord } from "./csv-record.js";

test("quotes protect commas, quotes and line ends; only the first record counts", () => {
  assert.deepEqual(csvRecord('a,"b,c","d""e","f\ng",\nnext'), ["a", "b,c", 'd"e', "f\ng", ""]);
});

test("a quote that is wrong is named by line and column", () => {
  assert.throws(() => csvRecord('é,a"b'), { message: 'parse error on line 1, column 5: bare " in non-quoted-field' });
  assert.throws(() => csvRecord('\n"a\nb"c'), {
    message: 'record on line 2; parse error on line 3, column 2: extraneous or missing " in quoted-field',
  });
  assert.throws(() => csvRecord(""), { message: "EOF" });
});
