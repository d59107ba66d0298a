/** How many visits, how long, and how many bounce. */
import { lazy } from 'react';
import type { SessionsData } from '../../../../../src/query/wire.ts';
import type { Kind } from '../../kind.ts';
import { dimensionName, dimensionOf } from './sessions-plan.ts';
import { sessionsTable } from './table.ts';

export const kind: Kind<SessionsData> = {
  id: 'sessions',
  label: 'Sessions',
  hint: 'How many visits there are, how long they last, how many bounce, by where they begin and end',
  plans: ['sessions'],
  answers: ['sessions'],
  title: (plan) => {
    const dimension = dimensionOf(plan);
    return dimension === undefined ? 'Sessions' : `Sessions by ${dimensionName(dimension)}`;
  },
  start: (scope) => ({ kind: 'sessions', ...scope, by: { dimension: 'entryPath', limit: 10 } }),
  Editor: lazy(() => import('./editor.tsx')),
  Chart: lazy(() => import('./chart.tsx')),
  table: sessionsTable,
};
