import { createLazyRoute } from '@tanstack/react-router';
import { Empty } from '../../ui/states.tsx';

export const route = createLazyRoute('/signed-in/p/$project/experiments')({ component: () => <Empty title="Experiments" /> });
