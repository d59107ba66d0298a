/** What pages of one thing are shown with: the demo's board, its experiment, and somebody who did much. */
import type { Page } from 'playwright-core';

/** Where the demo has its shop, and its published experiment. */
export const shop = 'default';
export const game = 'game';

/** Paths below `/p/`; those of what is not there are left out. */
export type Found = Readonly<Partial<Record<'board' | 'experiment' | 'person', string>>>;

/** `page`: of somebody who is signed in. */
export async function find(page: Page, origin: string): Promise<Found> {
  const get = async <T>(project: string, path: string): Promise<T | undefined> => {
    const headers = { 'x-millrace-project': project };
    const response = await page.request.get(`${origin}/api/v1${path}`, { headers });
    return response.ok() ? ((await response.json()) as T) : undefined;
  };
  type List = { readonly data: readonly { readonly id: string }[] };
  type People = { readonly data: { readonly people: readonly { userId?: string; anonymousId?: string }[] } };
  const people = encodeURIComponent(
    JSON.stringify({ kind: 'users', range: '30d', order: 'events', limit: 1 }),
  );
  const board = (await get<List>(shop, '/saved/dashboards'))?.data[0]?.id;
  const experiment = (await get<List>(game, '/saved/experiments'))?.data[0]?.id;
  const somebody = (await get<People>(shop, `/query?plan=${people}`))?.data.people[0];
  const person = somebody?.userId ?? somebody?.anonymousId;
  return {
    ...(board !== undefined && { board: `${shop}/boards/${board}` }),
    ...(experiment !== undefined && { experiment: `${game}/experiments/${experiment}` }),
    ...(person !== undefined && { person: `${shop}/people/${encodeURIComponent(person)}` }),
  };
}
