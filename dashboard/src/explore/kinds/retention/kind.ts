/** Who comes back, by the period of their first time. */
import { lazy } from 'react';
import type { RetentionData } from '../../../../../src/query/wire.ts';
import type { Kind } from '../../kind.ts';
import { periodOf, startPeriod } from './retention-plan.ts';
import { retentionTable } from './table.ts';

export const kind: Kind<RetentionData> = {
  id: 'retention',
  label: 'Retention',
  hint: 'How many of those who begin come back, day by day, week by week or month by month',
  plans: ['retention'],
  answers: ['retention'],
  title: (plan) => `Retention by ${periodOf(plan)}`,
  start: (scope) => ({ kind: 'retention', ...scope, period: startPeriod(scope.range) }),
  Editor: lazy(() => import('./editor.tsx')),
  Chart: lazy(() => import('./chart.tsx')),
  table: retentionTable,
};
