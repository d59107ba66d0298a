/** Projects, keys and people, as administrators keep them. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { requestJson } from './client.ts';
import type { Role } from './session.ts';

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly status: string;
}

export type Scope = 'write' | 'read' | 'admin';

export interface Key {
  readonly id: string;
  readonly project: string;
  readonly scope: Scope;
  readonly name: string;
  readonly hint: string;
  readonly origins: readonly string[];
  readonly createdAt: string;
  readonly revokedAt: string | null;
}

/** With its secret, which is told this once. */
export interface NewKey extends Key {
  readonly secret: string;
}

export const useKeys = (project: string) =>
  useQuery({
    queryKey: ['keys', project],
    queryFn: async ({ signal }) =>
      (
        await requestJson<{ data: readonly Key[] }>(`/api/v1/keys?project=${encodeURIComponent(project)}`, {
          project,
          signal,
        })
      ).data,
  });

export interface KeyInput {
  readonly scope: Scope;
  readonly name: string;
  readonly origins: readonly string[];
}

type Change =
  | { readonly kind: 'create'; readonly input: KeyInput }
  | { readonly kind: 'rotate'; readonly id: string }
  | { readonly kind: 'revoke'; readonly id: string };

export function useKeyChange(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (change: Change): Promise<NewKey | undefined> => {
      if (change.kind === 'revoke') {
        await requestJson(`/api/v1/keys/${change.id}`, { method: 'DELETE', project });
        return undefined;
      }
      const [path, body] =
        change.kind === 'create'
          ? ['/api/v1/keys', { project, ...change.input }]
          : [`/api/v1/keys/${change.id}/rotate`, {}];
      const { data } = await requestJson<{ data: Key & { key: string } }>(path, {
        method: 'POST',
        project,
        body,
      });
      return { ...data, secret: data.key };
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['keys', project] }),
  });
}

export function useNewProject() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { id: string; name: string }) =>
      requestJson('/api/v1/projects', { method: 'POST', body: input }),
    onSettled: () => client.invalidateQueries({ queryKey: ['session'] }),
  });
}

export interface Person {
  readonly id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly hasPassword: boolean;
  readonly roles: readonly { readonly project: string; readonly role: Role }[];
}

/** Signs in once; the address is this server's. */
export interface SignInLink {
  readonly path: string;
  readonly expiresAt: string;
}

export const usePeople = (project: string) =>
  useQuery({
    queryKey: ['people', project],
    queryFn: async ({ signal }) =>
      (await requestJson<{ data: readonly Person[] }>('/api/v1/people', { project, signal })).data,
  });

type PeopleChange =
  | { readonly kind: 'add'; readonly email: string; readonly role: Role }
  | { readonly kind: 'role'; readonly id: string; readonly role: Role | 'none' }
  | { readonly kind: 'link'; readonly id: string };

/** Gives a link where one was made. */
export function usePeopleChange(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (change: PeopleChange): Promise<SignInLink | null> => {
      const people = '/api/v1/people';
      if (change.kind === 'add') {
        const body = { email: change.email, role: change.role, project };
        return (
          await requestJson<{ data: { link: SignInLink | null } }>(people, { method: 'POST', project, body })
        ).data.link;
      }
      if (change.kind === 'link')
        return (
          await requestJson<{ data: SignInLink }>(`${people}/${change.id}/link`, {
            method: 'POST',
            project,
            body: {},
          })
        ).data;
      const path = `${people}/${change.id}/roles/${project}`;
      if (change.role === 'none') await requestJson(path, { method: 'DELETE', project });
      else await requestJson(path, { method: 'PUT', project, body: { role: change.role } });
      return null;
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['people', project] }),
  });
}

/** Sends one event as a page would. Errors: ApiError. */
export async function sendTestEvent(writeKey: string): Promise<void> {
  const event = {
    type: 'pageview',
    url: `${location.origin}/test-event`,
    title: 'A test event',
    timestamp: new Date().toISOString(),
    eventId: crypto.randomUUID?.() ?? String(Math.random()),
    properties: { test: true },
  };
  await requestJson(`/api/collect?key=${encodeURIComponent(writeKey)}`, { method: 'POST', body: event });
}
