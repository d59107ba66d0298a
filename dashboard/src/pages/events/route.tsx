import { createLazyRoute } from '@tanstack/react-router';
import { Empty } from '../../ui/states.tsx';

export const route = createLazyRoute('/signed-in/p/$project/events')({ component: () => <Empty title="Events" /> });
