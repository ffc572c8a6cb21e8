// One record of comma-separated values, as Docker's command line takes them: with Go's rules for quotes, and its error texts.

/**
 * The fields of the first record of `text`; empty lines before it do not count. A field in double quotes may hold commas and line
 * ends, and `""` for a quote. Throws `EOF` where there is none, and says line and column (in bytes) of a quote that is wrong.
 */
export function csvRecord(text: string): string[] {
  const lines = text.replaceAll("\r\n", "\n").replace(/\r$/, "").split("\n");
  const first = lines.findIndex((line) => line !== "");
  if (first < 0) throw new Error("EOF");
  const fields: string[] = [];
  let number = first;
  let line = lines[number] ?? "";
  let at = 0;
  const wrong = (column: number, why: string): Error => {
    const bytes = Buffer.byteLength(line.slice(0, column)) + 1;
    const start = number === first ? "" : `record on line ${first + 1}; `;
    return new Error(`${start}parse error on line ${number + 1}, column ${bytes}: ${why}`);
  };
  for (;;) {
    const { field, end } = line[at] === '"' ? quoted(at + 1) : bare(at);
    fields.push(field);
    if (end >= line.length) return fields;
    at = end + 1;
  }

  /** Up to the next comma. */
  function bare(from: number): { field: string; end: number } {
    const comma = line.indexOf(",", from);
    const end = comma < 0 ? line.length : comma;
    const field = line.slice(from, end);
    const quote = field.indexOf('"');
    if (quote >= 0) throw wrong(from + quote, 'bare " in non-quoted-field');
    return { field, end };
  }

  /** Up to the quote that is not doubled, over as many lines as it takes. */
  function quoted(from: number): { field: string; end: number } {
    const misplaced = 'extraneous or missing " in quoted-field';
    let field = "";
    for (let next = from; ; ) {
      const quote = line.indexOf('"', next);
      if (quote < 0) {
        if (number + 1 >= lines.length) throw wrong(line.length, misplaced);
        field += `${line.slice(next)}\n`;
        number++;
        line = lines[number] ?? "";
        next = 0;
      } else {
        field += line.slice(next, quote);
        const after = line[quote + 1];
        if (after === undefined || after === ",") return { field, end: quote + 1 };
        if (after !== '"') throw wrong(quote, misplaced);
        field += '"';
        next = quote + 2;
      }
    }
  }
}
