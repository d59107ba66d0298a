/** Properties that a question names and the newest events do not have: said, since an answer without them is empty and no mistake. */
import type { PlanInput } from '../../api/questions.ts';
import { isOwn, labelOf } from '../fields/fields.ts';
import { newestEvents, useProperties } from '../fields/use-properties.ts';

const shownMax = 5;

export function GoneFields({ project, plan }: { project: string; plan: PlanInput }) {
  const named = propertiesIn(plan);
  const { data } = useProperties(project, { enabled: named.length > 0 });
  if (data === undefined) return null;
  const gone = named.filter(
    (name) => !data.some((known) => known.name === name || known.name.startsWith(`${name}.`)),
  );
  if (gone.length === 0) return null;
  const names = gone.slice(0, shownMax).map(labelOf).join(', ');
  return (
    <p className="mx-4 mt-2 rounded bg-warn-soft px-3 py-2 break-words text-warn">
      None of the newest {newestEvents} events has the {gone.length === 1 ? 'property' : 'properties'} {names}
      . Renamed, or rare?
    </p>
  );
}

/** Wherever a plan names fields: in filters, measures, groups. */
function propertiesIn(plan: PlanInput): readonly string[] {
  const found = new Set<string>();
  const walk = (value: unknown, key: string) => {
    if (typeof value === 'string' && places.includes(key) && isOwn(value)) found.add(value);
    else if (Array.isArray(value)) for (const each of value) walk(each, key);
    else if (typeof value === 'object' && value !== null)
      for (const [name, each] of Object.entries(value)) walk(each, name);
  };
  walk(plan, '');
  return [...found];
}

const places: readonly string[] = ['field', 'of', 'by', 'dimension'];
