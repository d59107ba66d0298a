/**
 * Cuts lines into the records and fields of CSV (RFC 4180): a field that begins with a quote ends with one, may hold delimiters and line
 * feeds, and doubles its quotes. A quote inside a plain field is only a character. A record is bounded like a line.
 */

/** What is in hand while a record's last quote is open: it goes on with the next line. */
export class CsvRecord {
  readonly #delimiter: string;
  readonly fields: string[] = [];
  /** Of the field whose quote is open. */
  #open: string | undefined;
  /** In characters, over all lines so far. */
  length = 0;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  /** True: the record is whole. False: a quote is open, and the next line belongs to it. */
  add(line: string): boolean {
    this.length += line.length + 1;
    let at = 0;
    if (this.#open !== undefined) {
      at = this.#quoted(line, 0, `${this.#open}\n`);
      if (at < 0) return false;
    } else if (!line.includes('"')) {
      this.fields.push(...line.split(this.#delimiter));
      return true;
    } else {
      at = this.#field(line, 0);
      if (at < 0) return false;
    }
    while (at < line.length) {
      // `at` is the place of a delimiter
      at = this.#field(line, at + 1);
      if (at < 0) return false;
    }
    return true;
  }

  /** Reads the field that begins at `first`; gives the place behind it, or -1 when its quote stays open. */
  #field(line: string, first: number): number {
    if (line[first] === '"') return this.#quoted(line, first + 1, '');
    const found = line.indexOf(this.#delimiter, first);
    const end = found < 0 ? line.length : found;
    this.fields.push(line.slice(first, end));
    return end;
  }

  #quoted(line: string, first: number, before: string): number {
    let text = before;
    for (let at = first; ; ) {
      const quote = line.indexOf('"', at);
      if (quote < 0) {
        this.#open = text + line.slice(at);
        return -1;
      }
      text += line.slice(at, quote);
      if (line[quote + 1] === '"') {
        text += '"';
        at = quote + 2;
        continue;
      }
      // what stands between the closing quote and the delimiter is kept, as spreadsheets do
      const found = line.indexOf(this.#delimiter, quote + 1);
      const end = found < 0 ? line.length : found;
      this.fields.push(text + line.slice(quote + 1, end));
      this.#open = undefined;
      return end;
    }
  }
}

const delimiters = [',', '\t', ';', '|'];

/** The delimiter that the header line has most of; a comma when it has none. */
export function guessDelimiter(header: string): string {
  const count = (delimiter: string) => header.split(delimiter).length;
  return delimiters.reduce((best, each) => (count(each) > count(best) ? each : best));
}
