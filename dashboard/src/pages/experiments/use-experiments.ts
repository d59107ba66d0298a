/** Saved experiments as the pages read and delete them; the events that they left can go along. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { requestJson } from '../../api/client.ts';
import { answerKey } from '../../api/questions.ts';
import { type Saved, useSaved, useSavedOne } from '../../api/saved.ts';
import type { ExperimentBody } from './experiment.ts';

export type SavedExperiment = Saved<ExperimentBody>;

export const useExperiments = (project: string) => useSaved<ExperimentBody>(project, 'experiment');
export const useExperiment = (project: string, id: string) =>
  useSavedOne<ExperimentBody>(project, 'experiment', id);

/** Resolves with how many events went along; 0 when they were to stay. */
export function useExperimentRemoval(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ of, withEvents }: { of: SavedExperiment; withEvents: boolean }) => {
      const path = `/api/v1/saved/experiments/${encodeURIComponent(of.id)}${withEvents ? '?events=true' : ''}`;
      const { data } = await requestJson<{ data: { events?: number } }>(path, {
        project,
        method: 'DELETE',
        ifMatch: `"${of.version}"`,
      });
      return data.events ?? 0;
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['saved', project, 'experiment'], exact: true });
      void client.invalidateQueries({ queryKey: answerKey(project) });
    },
  });
}
