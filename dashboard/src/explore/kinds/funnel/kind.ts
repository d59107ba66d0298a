/** How many come how far through steps. */
import { lazy } from 'react';
import type { FunnelData } from '../../../../../src/query/wire.ts';
import type { Kind } from '../../kind.ts';
import { starterSteps, stepNames } from './funnel-plan.ts';
import { funnelTable } from './table.ts';

export const kind: Kind<FunnelData> = {
  id: 'funnel',
  label: 'Funnels',
  hint: 'How many come how far through steps, where they drop out, and who they are',
  plans: ['funnel'],
  answers: ['funnel'],
  title: (plan) => stepNames(plan).join(' → ') || 'Funnel',
  start: (scope) => ({ kind: 'funnel', ...scope, steps: starterSteps }),
  Editor: lazy(() => import('./editor.tsx')),
  Chart: lazy(() => import('./chart.tsx')),
  table: funnelTable,
};
