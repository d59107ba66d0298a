/** Numbers over time, or one set of them: several series with formulas, or one told apart by fields. Plans `trend`, `summary`, `breakdown`. */
import { lazy } from 'react';
import type { NumbersData } from '../../../../../src/query/wire.ts';
import type { Kind } from '../../kind.ts';
import { trendTable } from './table.ts';
import { trendTitle } from './title.ts';

export const kind: Kind<NumbersData> = {
  id: 'trend',
  label: 'Trends',
  hint: 'How many, how much, and how that changes',
  plans: ['trend', 'summary', 'breakdown'],
  answers: ['trend', 'summary', 'breakdown', 'series'],
  title: trendTitle,
  start: (scope) => ({ kind: 'trend', interval: 'day', ...scope, series: [{ metric: 'users' }] }),
  Editor: lazy(() => import('./editor.tsx').then(({ TrendEditor }) => ({ default: TrendEditor }))),
  Chart: lazy(() => import('./chart.tsx').then(({ TrendChart }) => ({ default: TrendChart }))),
  table: trendTable,
};
