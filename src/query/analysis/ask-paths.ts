/** The answer of paths. */
import type { PathsPlan } from '../../plan/analysis.ts';
import type { PathsData } from '../wire.ts';
import type { AnalysisParts, AnalysisResult } from './analysis-parts.ts';
import { PathFold, pathValuesMax } from './paths.ts';
import { firstValues, nameOfCode } from './values.ts';

export async function askPaths(plan: PathsPlan, parts: AnalysisParts): Promise<AnalysisResult<PathsData>> {
  const { analyses, budget, signal } = parts;
  const { field, start, end } = plan;
  // events without a value are no stations of a path
  const present = { field, op: 'exists' } as const;
  const frequent = await firstValues(parts, plan, field, pathValuesMax, present);
  const anchor = start ?? end;
  // the value that was asked for stands by itself, however rare
  const values =
    anchor === undefined || frequent.includes(anchor) ? frequent : [...frequent.slice(0, -1), anchor];
  const fold = new PathFold(plan, anchor === undefined ? undefined : values.indexOf(anchor) + 1);
  let rowsRead = 0;
  const question = {
    scope: plan,
    tags: [present],
    taggedOnly: true,
    per: plan.per,
    field: { name: field, values },
  };
  const blocks =
    analyses.walks?.(question, fold.shape, budget, signal) ?? analyses.sequences(question, budget, signal);
  for await (const block of blocks) {
    if ('walks' in block) {
      rowsRead += block.events;
      fold.addWalks(block);
    } else {
      rowsRead += block.times.length;
      fold.add(block);
    }
  }
  const { sequences, nodes, links } = fold.numbers();
  return {
    data: {
      kind: 'paths',
      field,
      direction: end === undefined ? 'forward' : 'backward',
      sequences,
      nodes: nodes.map(({ code, ...node }) => ({ ...node, ...nameOfCode(code, values) })),
      links: links.map(({ from, to, ...link }) => ({
        ...link,
        from: nameOfCode(from, values),
        to: nameOfCode(to, values),
      })),
    },
    rowsRead,
  };
}
