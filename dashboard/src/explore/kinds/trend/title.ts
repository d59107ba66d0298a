/** A trend in few words: 'People · purchase by Country'. */
import type { PlanInput } from '../../../api/questions.ts';
import { labelOf } from '../../fields/fields.ts';
import { draftOf } from './draft.ts';
import { seriesWords } from './metrics.ts';

export function trendTitle(plan: PlanInput): string {
  const { series, formulas, by, isTotal } = draftOf(plan);
  const [first] = formulas;
  const what =
    first !== undefined && first.name !== undefined
      ? first.name.replaceAll('_', ' ')
      : series.map(seriesWords).join(', ');
  const groups = by.length === 0 ? '' : ` by ${by.map(labelOf).join(', ')}`;
  return `${what}${groups}${isTotal || by.length > 1 ? '' : ' over time'}`;
}
