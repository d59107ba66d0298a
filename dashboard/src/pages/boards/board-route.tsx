import { createLazyRoute, useParams } from '@tanstack/react-router';
import { BoardPage } from './board-page.tsx';

function Page() {
  return <BoardPage {...useParams({ from: '/signed-in/p/$project/boards/$board' })} />;
}

export const route = createLazyRoute('/signed-in/p/$project/boards/$board')({ component: Page });
