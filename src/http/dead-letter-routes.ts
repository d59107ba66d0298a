/**
 * The quarantine over HTTP, for admin keys: each sees its project's; those of the project `default` also see what could not be
 * decoded, whose project nobody knows.
 */
import { failure } from '../errors.ts';
import { defaultProject } from '../operations/first-start.ts';
import { parsePlaceId, placeId, type QuarantineCare, type Selection } from '../operations/quarantine-care.ts';
import type { Place, Quarantined } from '../store/store.ts';
import type { Grant } from './key-ring.ts';
import type { RouteDescription } from './openapi/describe.ts';
import {
  deadLetterDescription,
  deadLettersDescription,
  discardDescription,
  replayDescription,
} from './openapi/operation-descriptions.ts';
import { type Call, type Route, type RouteAnswer, readObject } from './route.ts';

export type QuarantineParts = Pick<QuarantineCare, 'list' | 'item' | 'replay' | 'discard'>;

const pageDefault = 100;
const pageMax = 1_000;
const idsMax = 1_000;
const cursorLengthMax = 500;
const filters = ['reason', 'from', 'to'] as const;

export function deadLetterRoutes(quarantine: QuarantineParts): readonly Route[] {
  const order = (
    path: string,
    describe: RouteDescription,
    handle: (selection: Selection) => Promise<object>,
  ): Route => ({
    method: 'POST',
    path,
    scope: 'admin',
    describe,
    handle: async (call) => ({ body: { data: await handle(selectionOf(call)) } }),
  });
  return [
    {
      method: 'GET',
      path: '/api/v1/dead-letters',
      scope: 'admin',
      parameters: ['limit', 'after', ...filters],
      describe: deadLettersDescription,
      handle: (call) => list(quarantine, call),
    },
    {
      method: 'GET',
      path: '/api/v1/dead-letters/:id',
      scope: 'admin',
      describe: deadLetterDescription,
      handle: async ({ grant, path }) => ({
        body: { data: shown(await quarantine.item(placeOf(path.id!), whoseOf(grant!))) },
      }),
    },
    order('/api/v1/dead-letters/replay', replayDescription, (selection) => quarantine.replay(selection)),
    order('/api/v1/dead-letters/discard', discardDescription, (selection) => quarantine.discard(selection)),
  ];
}

async function list(quarantine: QuarantineParts, { grant, query }: Call): Promise<RouteAnswer> {
  const after = query.after;
  if (after !== undefined && after.length > cursorLengthMax)
    throw failure('request_invalid', { detail: 'after must be the "next" of an earlier answer' });
  const found = await quarantine.list({
    ...whoseOf(grant!),
    ...filtersOf(query),
    limit: limitOf(query.limit),
    ...(after ? { after } : {}),
  });
  return { body: { data: found.items.map(shown), total: found.total, next: found.next ?? null } };
}

/** `{"ids": […]}`, or `{"all": true}` with filters: an empty body must not mean everything. */
function selectionOf({ grant, body }: Call): Selection {
  const wanted = readObject(body === undefined ? {} : body, ['ids', 'all', ...filters]);
  const { ids, all } = wanted;
  if ((ids === undefined) === (all !== true))
    throw failure('request_invalid', {
      detail: 'say either "ids": […] or "all": true, with reason, from, to',
    });
  const texts: Record<string, string> = {};
  for (const name of filters) {
    const value = wanted[name];
    if (value === undefined) continue;
    if (typeof value !== 'string') throw failure('request_invalid', { detail: `${name} must be text` });
    texts[name] = value;
  }
  const places = ids === undefined ? {} : { places: placesOf(ids) };
  return { ...whoseOf(grant!), ...filtersOf(texts), ...places };
}

function placesOf(ids: unknown): readonly Place[] {
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > idsMax)
    throw failure('request_invalid', { detail: `ids must be a list of 1 to ${idsMax} ids` });
  return ids.map((id) => placeOf(String(id)));
}

function placeOf(id: string): Place {
  const place = parsePlaceId(id);
  if (place === undefined)
    throw failure('request_invalid', {
      detail: `an id looks like 0-1234; got ${JSON.stringify(id.slice(0, 100))}`,
    });
  return place;
}

function whoseOf({ project }: Grant): Selection {
  return { project, ...(project === defaultProject && { withUnknown: true }) };
}

function filtersOf(query: Readonly<Record<string, string>>): Selection {
  const { reason, from, to } = query;
  return {
    ...(reason !== undefined && { reason }),
    ...(from !== undefined && { from: timeOf('from', from) }),
    ...(to !== undefined && { to: timeOf('to', to) }),
  };
}

function timeOf(name: string, text: string): number {
  const time = /^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw failure('request_invalid', {
      detail: `${name} must be a date or a time such as 2026-01-31T12:00:00Z, of when the events were received`,
    });
  return time;
}

function limitOf(given: string | undefined): number {
  if (given === undefined) return pageDefault;
  const limit = /^\d{1,6}$/.test(given) ? Number(given) : 0;
  if (limit < 1 || limit > pageMax)
    throw failure('request_invalid', { detail: `limit must be a whole number from 1 to ${pageMax}` });
  return limit;
}

const shown = (item: Quarantined) => ({
  id: placeId(item),
  ...item,
  receivedAt: new Date(item.receivedAt).toISOString(),
});
