import { createLazyRoute, useParams } from '@tanstack/react-router';
import { Boards } from './boards.tsx';

function Page() {
  return <Boards {...useParams({ from: '/signed-in/p/$project/boards' })} />;
}

export const route = createLazyRoute('/signed-in/p/$project/boards')({ component: Page });
