import { createLazyRoute, useParams } from '@tanstack/react-router';
import { Events } from './events.tsx';

function Page() {
  const { project } = useParams({ from: '/signed-in/p/$project' });
  return <Events project={project} />;
}

export const route = createLazyRoute('/signed-in/p/$project/events')({ component: Page });
