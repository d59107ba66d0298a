/** What who runs the server looks at now and then: slow questions, the disk. Of the whole house, so not for keys and people of other projects. */
import type { DiskReport } from '../operations/disk-forecast.ts';
import type { SlowQuestion } from '../operations/slow-questions.ts';
import { actorOf, refuseUnlessKeeper } from './actor.ts';
import type { RouteDescription } from './openapi/describe.ts';
import { diskDescription, slowQuestionsDescription } from './openapi/operation-descriptions.ts';
import type { Route } from './route.ts';

export interface WatchParts {
  /** Absent, as what follows: this process does not have what it takes. */
  readonly slowQuestions?: () => readonly SlowQuestion[];
  readonly disk?: () => Promise<DiskReport>;
}

export function watchRoutes({ slowQuestions, disk }: WatchParts): readonly Route[] {
  return [
    ...(slowQuestions
      ? [keepersRoute('/api/v1/slow-questions', slowQuestionsDescription, slowQuestions)]
      : []),
    ...(disk ? [keepersRoute('/api/v1/disk', diskDescription, disk)] : []),
  ];
}

const keepersRoute = (
  path: string,
  describe: RouteDescription,
  tell: () => object | Promise<object>,
): Route => ({
  method: 'GET',
  path,
  scope: 'admin',
  describe,
  handle: async (call) => {
    refuseUnlessKeeper(actorOf(call), 'looks after the whole house');
    return { body: { data: await tell() } };
  },
});
