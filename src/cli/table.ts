/** Tables and sparklines for terminals. Plain text: what is printed to a file reads the same. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Columns are as wide as their widest cell, two blanks apart. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const titles = columns.map((column) => column.title);
  const widths = columns.map((_, index) =>
    Math.max(...[titles, ...rows].map((row) => width(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map((column, index) => pad(cells[index] ?? '', widths[index]!, column.align ?? 'left'))
      .join('  ')
      .trimEnd();
  return [line(titles), widths.map((each) => '-'.repeat(each)).join('  '), ...rows.map(line)];
}

const bars = '▁▂▃▄▅▆▇█';

/** One character a value, 0 at the bottom and the largest value at the top. Longer than `charactersMax`: neighbors are added up. */
export function sparkline(values: readonly number[], charactersMax = 80): string {
  const folded = fold(values, charactersMax);
  const largest = Math.max(...folded, 0);
  if (largest === 0) return bars[0]!.repeat(folded.length);
  return folded.map((value) => bars[Math.ceil((Math.max(value, 0) / largest) * (bars.length - 1))]).join('');
}

/** 1234567 → '1,234,567'; text of digits keeps all of them. */
export function grouped(value: number | string): string {
  const [whole = '', fraction] = String(value).split('.');
  const withCommas = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? withCommas : `${withCommas}.${fraction}`;
}

function fold(values: readonly number[], charactersMax: number): readonly number[] {
  const size = Math.ceil(values.length / charactersMax);
  if (size <= 1) return values;
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size).reduce((sum, each) => sum + each, 0),
  );
}

function pad(text: string, wanted: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, wanted - width(text)));
  return align === 'right' ? blanks + text : text + blanks;
}

/** Characters as a person counts them. Control characters are never printed: see `printable`. */
const width = (text: string) => [...text].length;

/** Text of senders, safe for a terminal: control characters (they could move the cursor or change colors) become '�', long text is cut. */
export function printable(text: string, charactersMax = 60): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  const safe = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
  const characters = [...safe];
  return characters.length > charactersMax ? `${characters.slice(0, charactersMax - 1).join('')}…` : safe;
}
