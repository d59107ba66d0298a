import { createLazyRoute, useParams, useSearch } from '@tanstack/react-router';
import type { Search } from '../../state/view.ts';
import { ExperimentList } from './list.tsx';
import { SetUp } from './set-up.tsx';

/** `?set-up=yes` is the form of a new one; `experiment` names what the data has already. */
function Page() {
  const { project } = useParams({ from: '/signed-in/p/$project' });
  const search = useSearch({ strict: false }) as Search;
  if (search['set-up'] === undefined) return <ExperimentList project={project} />;
  const given = typeof search.experiment === 'string' ? search.experiment : '';
  return <SetUp key={given} project={project} experimentId={given} />;
}

export const route = createLazyRoute('/signed-in/p/$project/experiments')({ component: Page });
