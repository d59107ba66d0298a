/** What in the data is not as it was meant: who saw several variants, exposures without one, variants that were never set up or never seen. */
import type { ReactNode } from 'react';
import type { ExperimentData } from '../../../../src/query/wire.ts';
import { fullNumber } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import type { ShownVariant } from './experiment.ts';
import { counted, units } from './words.ts';

interface DataNotesProps {
  readonly data: ExperimentData;
  readonly variants: readonly ShownVariant[];
  readonly onMixed: (includeMixed: boolean) => void;
}

export function DataNotes({ data, variants, onMixed }: DataNotesProps) {
  const { mixed, unassigned, per } = data;
  const strangers = variants.filter(({ isSetUp }) => !isSetUp);
  const unseen = variants.filter(({ isSeen }) => !isSeen);
  const hasSeen = variants.some(({ isSeen }) => isSeen);
  const isNoted = mixed.units > 0 || unassigned > 0 || strangers.length > 0 || (unseen.length > 0 && hasSeen);
  if (!isNoted) return null;
  return (
    <Card label="About the data" className="p-4">
      <h2 className="font-semibold">About the data</h2>
      <ul className="mt-2 grid gap-3">
        {mixed.units > 0 && (
          <Note
            title={`${units(mixed.units, per)} saw several variants`}
            action={
              <Button small onClick={() => onMixed(!mixed.included)}>
                {mixed.included ? 'Leave them out' : 'Count them for each'}
              </Button>
            }
          >
            {mixed.included
              ? 'They are counted for each variant that they saw, from its first exposure on, so the variants are not independent.'
              : 'They are left out: what they did belongs to no one variant. It happens where the variant does not follow from the person, or changes when somebody signs in.'}
          </Note>
        )}
        {unassigned > 0 && (
          <Note title={`${counted(unassigned, 'exposure')} name no variant`}>
            They count for nobody. Where the variant stands among the properties, the command{' '}
            <code className="font-mono">millrace backfill</code> puts it in its place.
          </Note>
        )}
        {strangers.length > 0 && (
          <Note title={`Not in the set-up: ${listed(strangers)}`}>
            Was a variant renamed while it ran? Then its people are in two variants, or in several. Let the
            experiment begin with the new name, or add it to the set-up. The ratio is checked without it.
          </Note>
        )}
        {unseen.length > 0 && hasSeen && (
          <Note title={`Nobody saw ${listed(unseen)}`}>
            Its exposure is not sent, under this key at least: keys are compared letter by letter.
          </Note>
        )}
      </ul>
    </Card>
  );
}

const namesMax = 4;

const listed = (variants: readonly ShownVariant[]): string => {
  const names = variants.slice(0, namesMax).map(({ name }) => name);
  const rest = variants.length - names.length;
  return rest === 0 ? names.join(', ') : `${names.join(', ')} and ${fullNumber(rest)} more`;
};

function Note({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <li className="flex flex-wrap items-start gap-x-6 gap-y-2">
      <div className="min-w-0 flex-1 basis-72">
        <p className="font-medium break-words">{title}</p>
        <p className="max-w-3xl text-soft">{children}</p>
      </div>
      {action}
    </li>
  );
}
