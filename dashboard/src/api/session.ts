/** Who is signed in, and what they may do in which project. */
import { queryOptions, useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { ApiError, requestJson } from './client.ts';

export type Role = 'viewer' | 'editor' | 'admin';

export interface Session {
  readonly person: {
    readonly id: string;
    readonly email: string | null;
    readonly name: string | null;
    readonly hasPassword: boolean;
  };
  readonly projects: readonly { readonly id: string; readonly name: string; readonly role: Role }[];
  /** May make projects, and people of all of them. */
  readonly keepsHouse: boolean;
}

/** Null: nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> => {
    try {
      return (await requestJson<{ data: Session }>('/api/v1/session')).data;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

export function useSession(): Session | null {
  return useSuspenseQuery(sessionQuery).data;
}

/** Undefined: none in this project. */
export const useRole = (project: string): Role | undefined =>
  useSession()?.projects.find(({ id }) => id === project)?.role;

/** Whether the reader may save, change and delete what people keep. */
export const useMayEdit = (project: string): boolean => ['editor', 'admin'].includes(useRole(project) ?? '');

export type Credentials = { readonly link: string } | { readonly email: string; readonly password: string };

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (credentials: Credentials) =>
      (await requestJson<{ data: Session }>('/api/v1/session', { method: 'POST', body: credentials })).data,
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
  });
}

export interface PasswordChange {
  readonly password: string;
  /** When there is one already. */
  readonly current?: string;
  readonly email?: string;
}

export function usePasswordChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (change: PasswordChange) =>
      (await requestJson<{ data: Session }>('/api/v1/session/password', { method: 'PUT', body: change }))
        .data,
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => requestJson('/api/v1/session', { method: 'DELETE' }),
    onSettled: () => {
      client.clear();
      client.setQueryData(sessionQuery.queryKey, null);
    },
  });
}
