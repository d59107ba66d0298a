/**
 * In which form an answer is wanted: the `Accept` header (RFC 9110, 12.5.1) held against the forms that there are. The most specific range
 * that fits a form gives its weight; the heaviest form wins, the first of equal ones in the order of the header, then in ours.
 */
import { failure } from '../errors.ts';
import { contentTypes, type Format, formats } from '../export/sheet.ts';

export type AnswerForm = 'json' | Format;

const jsonType = 'application/json';
const bareType = (type: string) => type.split(';', 1)[0]!;

/** Tables, by content type without parameters. */
export const sheetTypes: readonly string[] = formats.map((format) => bareType(contentTypes[format]));
export const answerTypes: readonly string[] = [jsonType, ...sheetTypes];

/** Longer ones are read no further. */
const rangesMax = 50;

interface MediaRange {
  readonly type: string;
  readonly weight: number;
}

/** Errors: not_acceptable, with the forms that there are. */
export function answerForm(accept: string | undefined): AnswerForm {
  const type = preferred(accept, answerTypes);
  return type === jsonType ? 'json' : formats[sheetTypes.indexOf(type)]!;
}

/** Of tables alone; the first one when nothing is said. Errors: not_acceptable. */
export function sheetForm(accept: string | undefined): Format {
  return formats[sheetTypes.indexOf(preferred(accept, sheetTypes))]!;
}

/** The one of `types` that is wanted most. Errors: not_acceptable. */
export function preferred(accept: string | undefined, types: readonly string[]): string {
  if (accept === undefined || accept.trim() === '') return types[0]!;
  const ranges = rangesOf(accept);
  let best: { readonly type: string; readonly weight: number; readonly place: number } | undefined;
  for (const type of types) {
    const found = rangeFor(type, ranges);
    if (found === undefined || ranges[found]!.weight === 0) continue;
    const { weight } = ranges[found]!;
    if (best === undefined || weight > best.weight || (weight === best.weight && found < best.place))
      best = { type, weight, place: found };
  }
  if (best !== undefined) return best.type;
  throw failure('not_acceptable', {
    accept: JSON.stringify(accept.slice(0, 100)),
    available: types.join(', '),
  });
}

/** The place of the range that says most about the type: itself, its kind, anything. */
function rangeFor(type: string, ranges: readonly MediaRange[]): number | undefined {
  const wanted = [type, `${type.split('/', 1)[0]}/*`, '*/*'];
  for (const one of wanted) {
    const at = ranges.findIndex((range) => range.type === one);
    if (at >= 0) return at;
  }
  return undefined;
}

function rangesOf(accept: string): readonly MediaRange[] {
  return accept
    .split(',', rangesMax)
    .map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
      return { type: type === '*' ? '*/*' : type, weight: weightOf(parameters) };
    })
    .filter(({ type }) => type !== '');
}

/** `q=0.5`; 1 when absent or malformed. */
function weightOf(parameters: readonly string[]): number {
  const text = parameters.find((each) => /^q\s*=/.test(each))?.replace(/^q\s*=\s*/, '');
  return text !== undefined && /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(text) ? Number(text) : 1;
}
