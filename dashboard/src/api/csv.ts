/** An answer as a file: asked anew of the server, whole and exact as it is, not as the page rounds it. */
import { request } from './client.ts';
import type { PlanInput } from './questions.ts';

/** Saves the answer to `plan` as `name`.csv. Errors: ApiError. */
export async function downloadCsv(project: string, plan: PlanInput, name: string): Promise<void> {
  const response = await request('/api/v1/query', {
    method: 'POST',
    project,
    body: plan,
    accept: 'text/csv',
  });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = `${name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
