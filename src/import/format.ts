/** Which format an input has: as it was said, else by its name, else by its first line. What begins like none of them is refused with what to do. */
import { eventOfLine } from './access-log.ts';
import { type Input, inputInvalid, optionInvalid, plainName } from './input.ts';

export const formats = ['log', 'ndjson', 'csv', 'parquet'] as const;
export type Format = (typeof formats)[number];

const byName: readonly (readonly [RegExp, Format])[] = [
  [/\.(ndjson|jsonl|json)$/i, 'ndjson'],
  [/\.(csv|tsv)$/i, 'csv'],
  [/\.parquet$/i, 'parquet'],
  [/access.*log|\.log(\.\d+)?$/i, 'log'],
];
const parquetMagic = 'PAR1';

/** Errors: import_option_invalid, import_input_invalid. */
export function formatOf(input: Input, said: Format | undefined): Format {
  const isParquet = input.head.toString('latin1', 0, parquetMagic.length) === parquetMagic;
  if (isParquet) {
    if (input.path === undefined)
      throw optionInvalid('Parquet cannot be read from standard input; name the file');
    return 'parquet';
  }
  refuseOtherText(input);
  const format = said ?? named(input) ?? looked(input);
  if (format === 'parquet') throw inputInvalid(input.name, 'is no Parquet file: it does not begin with PAR1');
  if (format === 'ndjson') refuseArray(input);
  return format;
}

const named = ({ path }: Input) => {
  const name = path === undefined ? '' : plainName(path);
  return byName.find(([pattern]) => pattern.test(name))?.[1];
};

/** An empty input has no events in any format. */
function looked({ head, name }: Input): Format {
  const [first = ''] = head.toString('utf8').trimStart().split('\n', 1);
  if (first === '' || first.startsWith('{') || first.startsWith('[')) return 'ndjson';
  if (eventOfLine(first.trimEnd(), { site: '', visitor: 'address' }) !== undefined) return 'log';
  throw optionInvalid(`${name} does not say what it is; say --format ${formats.join(', ')}`);
}

function refuseOtherText({ head, name }: Input): void {
  const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (isUtf16)
    throw inputInvalid(
      name,
      'is UTF-16; convert it on the way: iconv -f UTF-16 -t UTF-8 FILE | millrace import -',
    );
  if (head.includes(0)) throw inputInvalid(name, 'is no text in UTF-8: it holds NUL bytes');
}

function refuseArray({ head, name }: Input): void {
  if (/^\uFEFF?\s*\[/.test(head.toString('utf8', 0, 16)))
    throw inputInvalid(
      name,
      "is a JSON array; one event a line is needed: jq -c '.[]' FILE | millrace import -",
    );
}
