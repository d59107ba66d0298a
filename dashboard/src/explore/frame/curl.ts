/** A question for a shell. The key is a variable: nobody’s key stands in the page. */
import type { PlanInput } from '../../api/questions.ts';

export function curlOf(plan: PlanInput, origin: string): string {
  const body = JSON.stringify(plan).replaceAll("'", `'\\''`);
  return [
    `curl ${origin}/api/v1/query \\`,
    `  -H "Authorization: Bearer $MILLRACE_READ_KEY" -H 'Content-Type: application/json' \\`,
    `  --data '${body}'`,
  ].join('\n');
}
