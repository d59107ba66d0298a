/** The example of docs/client.md, where it can be compiled and run; a test holds the two together. */
import { MillraceApi, MillraceApiError } from '../../../tracker/api/index.ts';

export async function report(url: string, key: string): Promise<string> {
  const api = new MillraceApi({ url, key });

  // the kind of the plan decides the type of the answer
  const { data, meta } = await api.query({
    kind: 'funnel',
    range: '30d',
    steps: [
      { name: 'Visit', filter: { field: 'type', op: 'eq', value: 'pageview' } },
      { name: 'Buy', filter: { field: 'type', op: 'eq', value: 'purchase' } },
    ],
  });
  const [visits, buys] = data.steps.map((step) => step.count);

  // every route has a name: the shortcuts, saved things, projects and keys
  const { data: top } = await api.call('top', { query: { by: 'country', limit: 3 } });
  const countries = 'groups' in top ? (top.groups ?? []).map((group) => group.value) : [];

  try {
    await api.call('savedDashboard', { path: { id: 'no-such-board' } });
  } catch (error) {
    if (!(error instanceof MillraceApiError) || error.code !== 'not_found') throw error;
  }
  return `${buys} of ${visits} bought, as of ${meta.asOf}; most came from ${countries.join(', ')}`;
}
