import { createLazyRoute, useParams } from '@tanstack/react-router';
import { Settings } from './settings.tsx';

function Page() {
  const { project } = useParams({ from: '/signed-in/p/$project' });
  return <Settings project={project} />;
}

export const route = createLazyRoute('/signed-in/p/$project/settings')({ component: Page });
