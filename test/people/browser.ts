/** A browser as far as sessions need one: keeps cookies, says where its requests come from. */
import assert from 'node:assert/strict';
import type { CallOptions, Opened } from '../http/open-server.ts';

export interface Visitor {
  /** By name; '' is one that the server took back. */
  readonly cookies: Map<string, string>;
  /** What the server said of the last cookie. */
  setCookie: string | null;
  call(path: string, options?: CallOptions): Promise<Response>;
  /** The `data` of an answer that must have this status. */
  data<T>(path: string, options?: CallOptions, status?: number): Promise<T>;
}

export interface SessionData {
  readonly person: { readonly id: string; readonly email: string | null; readonly hasPassword: boolean };
  readonly projects: readonly { readonly id: string; readonly name: string; readonly role: string }[];
  readonly keepsHouse: boolean;
  readonly session: { readonly id: string; readonly startedBy: string };
}

/** `headers` go with every request. */
export function visitor(
  { call }: Pick<Opened, 'call'>,
  headers: Readonly<Record<string, string>> = {},
): Visitor {
  const self: Visitor = {
    cookies: new Map(),
    setCookie: null,
    async call(path, options = {}) {
      const cookie = [...self.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const all = new Headers({ 'sec-fetch-site': 'same-origin', ...headers });
      for (const [name, value] of new Headers(options.headers)) all.set(name, value);
      if (cookie !== '') all.set('cookie', cookie);
      const response = await call(path, { ...options, headers: all });
      for (const line of response.headers.getSetCookie()) {
        self.setCookie = line;
        const [name = '', value = ''] = line.split(';', 1)[0]!.split('=');
        if (/Max-Age=0/.test(line)) self.cookies.delete(name);
        else self.cookies.set(name, value);
      }
      return response;
    },
    async data<T>(path: string, options: CallOptions = {}, status = 200) {
      const response = await self.call(path, options);
      const text = await response.text();
      assert.equal(response.status, status, `${path}: ${text}`);
      return (JSON.parse(text) as { data: T }).data;
    },
  };
  return self;
}

/** Signs in by a link that is made for whoever keeps the house. */
export async function signedInKeeper(
  opened: Opened,
  headers: Readonly<Record<string, string>> = {},
): Promise<Visitor> {
  const keeper = visitor(opened, headers);
  const { token: link } = (await opened.people.care.keeperLink())!;
  await keeper.data('/api/v1/session', { method: 'POST', body: { link } }, 201);
  return keeper;
}

/** Somebody with these roles, by project, who is signed in by a link. */
export async function signedIn(
  opened: Opened,
  email: string,
  roles: Readonly<Record<string, 'viewer' | 'editor' | 'admin'>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Visitor> {
  const { care } = opened.people;
  for (const [project, role] of Object.entries(roles)) await care.add({ email, project, role });
  const someone = visitor(opened, headers);
  const { token: link } = await care.makeLink((await care.named(email)).id);
  await someone.data('/api/v1/session', { method: 'POST', body: { link } }, 201);
  return someone;
}
