/** What follows what. */
import { lazy } from 'react';
import type { PathsData } from '../../../../../src/query/wire.ts';
import type { Kind } from '../../kind.ts';
import { limitDefault, pathsTitle, stepsDefault } from './paths-plan.ts';
import { pathsTable } from './table.ts';

export const kind: Kind<PathsData> = {
  id: 'paths',
  label: 'Paths',
  hint: 'Which way people take: what comes after a page, what leads to it, and where they leave',
  plans: ['paths'],
  answers: ['paths'],
  title: pathsTitle,
  start: (scope) => ({ kind: 'paths', ...scope, field: 'path', steps: stepsDefault, limit: limitDefault }),
  Editor: lazy(() => import('./editor.tsx')),
  Chart: lazy(() => import('./chart.tsx')),
  table: pathsTable,
};
