import { createLazyRoute, useParams } from '@tanstack/react-router';
import { Shared } from './shared.tsx';

function Page() {
  return <Shared {...useParams({ from: '/shared/$token' })} />;
}

export const route = createLazyRoute('/shared/$token')({ component: Page });
