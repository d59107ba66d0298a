import { createLazyRoute, useParams } from '@tanstack/react-router';
import { Person } from './person.tsx';

function Page() {
  const { project, person } = useParams({ from: '/signed-in/p/$project/people/$person' });
  return <Person key={person} project={project} id={person} />;
}

export const route = createLazyRoute('/signed-in/p/$project/people/$person')({ component: Page });
