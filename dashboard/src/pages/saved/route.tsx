import { createLazyRoute, useParams } from '@tanstack/react-router';
import { SavedThings } from './saved.tsx';

function Page() {
  const { project } = useParams({ from: '/signed-in/p/$project' });
  return <SavedThings key={project} project={project} />;
}

export const route = createLazyRoute('/signed-in/p/$project/saved')({ component: Page });
