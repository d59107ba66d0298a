import { createLazyRoute } from '@tanstack/react-router';
import { Empty } from '../../ui/states.tsx';

export const route = createLazyRoute('/shared/$token')({ component: () => <Empty title="Shared board" /> });
