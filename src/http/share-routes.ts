/** Links to saved dashboards for people without an account: made, listed and revoked by who may change the dashboard. */
import type { Share } from '../catalog/shares.ts';
import { failure } from '../errors.ts';
import { type ShareCare, sharePath } from '../shares/share-care.ts';
import { shareDescriptions } from './openapi/share-descriptions.ts';
import { type Call, type Route, type RouteAnswer, readObject, textOf } from './route.ts';
import { savedPath } from './saved-routes.ts';

const path = `${savedPath('dashboard')}/:id/shares`;

export function shareRoutes(care: Pick<ShareCare, 'list' | 'create' | 'revoke'>): readonly Route[] {
  return [
    {
      method: 'GET',
      path,
      scope: 'edit',
      describe: shareDescriptions.list,
      handle: async ({ grant, path }) => ({
        body: { data: (await care.list(grant!.project, path.id!)).map(shown) },
      }),
    },
    {
      method: 'POST',
      path,
      scope: 'edit',
      describe: shareDescriptions.create,
      handle: (call) => create(care, call),
    },
    {
      method: 'DELETE',
      path: `${path}/:share`,
      scope: 'edit',
      describe: shareDescriptions.revoke,
      handle: (call) => revoke(care, call),
    },
  ];
}

async function create(care: Pick<ShareCare, 'create'>, { grant, path, body }: Call): Promise<RouteAnswer> {
  const wanted = readObject(body ?? {}, ['name', 'password', 'expiresAt', 'canEmbed']);
  const optional = (name: string) => (wanted[name] === undefined ? undefined : textOf(wanted, name));
  const { canEmbed = false } = wanted;
  if (typeof canEmbed !== 'boolean')
    throw failure('request_invalid', { detail: 'canEmbed must be true or false' });
  const { share, token } = await care.create({
    project: grant!.project,
    dashboard: path.id!,
    by: grant!.keyId,
    name: optional('name'),
    password: optional('password'),
    expiresAt: optional('expiresAt'),
    canEmbed,
  });
  return { status: 201, body: { data: { ...shown(share), path: sharePath(token) } } };
}

async function revoke(care: Pick<ShareCare, 'revoke'>, { grant, path }: Call): Promise<RouteAnswer> {
  await care.revoke({ project: grant!.project, dashboard: path.id!, id: path.share! });
  return { body: { data: { id: path.share!, status: 'revoked' } } };
}

function shown({ id, dashboard, name, password, canEmbed, createdAt, expiresAt, by }: Share) {
  return {
    id,
    dashboard,
    name: name ?? null,
    hasPassword: password !== undefined,
    canEmbed,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    by,
  };
}
