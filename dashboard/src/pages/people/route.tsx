import { createLazyRoute, useParams } from '@tanstack/react-router';
import { People } from './people.tsx';

function Page() {
  const { project } = useParams({ from: '/signed-in/p/$project' });
  return <People project={project} />;
}

export const route = createLazyRoute('/signed-in/p/$project/people')({ component: Page });
