import { createLazyRoute, useParams } from '@tanstack/react-router';
import { Operations } from './operations.tsx';

function Page() {
  const { project } = useParams({ from: '/signed-in/p/$project' });
  return <Operations project={project} />;
}

export const route = createLazyRoute('/signed-in/p/$project/operations')({ component: Page });
