/** What is computed over the rows of a source, in each of the ways that it can stand in a statement. */

export interface Aggregate {
  readonly name: string;
  /** Over raw rows, final. */
  readonly rows: string;
  /** Over raw rows, to be merged with others. */
  readonly partial: string;
  /** Over rows of the rollup, final and to be merged. */
  readonly rollup: string;
  readonly rollupPartial: string;
  /** Over partial ones. */
  readonly merge: string;
}

export const countedEvents: Aggregate = {
  name: 'events',
  rows: 'count(*)',
  partial: 'count(*)',
  rollup: 'sum(events)',
  rollupPartial: 'sum(events)',
  merge: 'sum(events)',
};

const ofAmounts = (name: string, rows: string, merge: string): Aggregate => ({
  name,
  rows,
  partial: rows,
  rollup: `${merge}(${name})`,
  rollupPartial: `${merge}(${name})`,
  merge: `${merge}(${name})`,
});

export const amountAggregates: readonly Aggregate[] = [
  ofAmounts('amount_count', 'count(amount)', 'sum'),
  ofAmounts('amount_sum', 'sum(CAST(amount AS DECIMAL(38, 4)))', 'sum'),
  ofAmounts('amount_min', 'min(amount)', 'min'),
  ofAmounts('amount_max', 'max(amount)', 'max'),
];
