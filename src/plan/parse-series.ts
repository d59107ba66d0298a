/** Several lines in one answer, and arithmetic over them. */
import { below, type Fields, invalid, list, objectWith, oneOf, text } from './check.ts';
import { FormulaInvalid, parseFormula } from './formula.ts';
import { metricNames, parseMeasure } from './parse-numbers.ts';
import type { ParsedScope } from './parse-scope.ts';
import type { Formula, Series } from './plan.ts';

export const seriesMax = 20;
export const formulasMax = 20;
export const namePattern = /^[A-Za-z_][A-Za-z0-9_]{0,49}$/;
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Errors: plan_invalid. */
export function parseSeries(
  fields: Fields,
  scope: ParsedScope,
): { readonly series?: readonly Series[]; readonly formulas?: readonly Formula[] } {
  if (fields.series === undefined) {
    if (fields.formulas !== undefined)
      throw invalid('/formulas', 'must come with series, which it is made of', fields.formulas);
    return {};
  }
  for (const name of ['by', 'metrics', 'measures'] as const) {
    if (fields[name] !== undefined && !isDefault(name, fields[name]))
      throw invalid(`/${name}`, 'does not go with series; each of them has a metric', fields[name]);
  }
  const series = list(fields.series, '/series', seriesMax).map((one, i) => parseOne(one, i, scope));
  const names = series.map(({ name }) => name);
  const formulas =
    fields.formulas === undefined
      ? []
      : list(fields.formulas, '/formulas', formulasMax).map((one, i) => parseFormulaAt(one, i, names));
  checkDistinct([
    ...names.map((name, i) => [name, below('/series', i)] as const),
    ...formulas.map(({ name }, i) => [name, below('/formulas', i)] as const),
  ]);
  return { series, ...(formulas.length > 0 && { formulas }) };
}

/** What the parser itself filled in, in a plan that goes in again. */
function isDefault(name: string, value: unknown): boolean {
  return name === 'metrics' && JSON.stringify(value) === '["events","users"]';
}

function parseOne(value: unknown, i: number, scope: ParsedScope): Series {
  const pointer = below('/series', i);
  const given = objectWith(value, pointer, ['name', 'filter', 'metric']);
  const metric = given.metric ?? 'events';
  return {
    name: nameAt(given.name ?? letters[i], below(pointer, 'name')),
    ...(given.filter !== undefined && { filter: scope.parse(given.filter, below(pointer, 'filter')) }),
    metric:
      typeof metric === 'object'
        ? parseMeasure(metric, below(pointer, 'metric'))
        : oneOf(
            metric,
            below(pointer, 'metric'),
            metricNames.filter((name) => name !== 'amount'),
          ),
  };
}

function parseFormulaAt(value: unknown, i: number, names: readonly string[]): Formula {
  const pointer = below('/formulas', i);
  const given =
    typeof value === 'string' ? { formula: value } : objectWith(value, pointer, ['name', 'formula']);
  const formula = text(given.formula, below(pointer, 'formula'));
  try {
    parseFormula(formula, names);
  } catch (error) {
    if (error instanceof FormulaInvalid) throw invalid(below(pointer, 'formula'), error.message, formula);
    throw error;
  }
  return { name: nameAt((given as Fields).name ?? `F${i + 1}`, below(pointer, 'name')), formula };
}

function nameAt(value: unknown, pointer: string): string {
  const name = text(value, pointer);
  if (!namePattern.test(name))
    throw invalid(pointer, 'must be a name of up to 50 letters, digits and _, a letter first', name);
  return name;
}

function checkDistinct(named: readonly (readonly [name: string, pointer: string])[]): void {
  const seen = new Set<string>();
  for (const [name, pointer] of named) {
    if (seen.has(name)) throw invalid(below(pointer, 'name'), 'must be a name that is not used before', name);
    seen.add(name);
  }
}
