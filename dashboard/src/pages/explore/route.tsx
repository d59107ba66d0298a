import { createLazyRoute, useParams } from '@tanstack/react-router';
import { Explore } from '../../explore/frame/explore.tsx';

function Page() {
  const { project } = useParams({ from: '/signed-in/p/$project' });
  return <Explore key={project} project={project} />;
}

export const route = createLazyRoute('/signed-in/p/$project/explore')({ component: Page });
