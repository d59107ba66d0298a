import { createLazyRoute, useParams } from '@tanstack/react-router';
import { Start } from './start.tsx';

function Page() {
  const { project } = useParams({ from: '/signed-in/p/$project' });
  return <Start project={project} />;
}

export const route = createLazyRoute('/signed-in/p/$project/start')({ component: Page });
