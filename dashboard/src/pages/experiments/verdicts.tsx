/** What the numbers say, in words: what stops first and where it cannot be overlooked, then what is shown, then what is open. */
import { CircleDashed, CircleStop } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { sentence, type Verdict } from './experiment.ts';
import { ToneIcon } from './state-badge.tsx';

/** Ten variants and ten goals say a hundred things. */
const shownFirst = 5;

/** What to do about what stops. */
const advice: Partial<Readonly<Record<Verdict['code'], string>>> = {
  ratio_off:
    'Somebody got lost on the way, or came twice: look for a variant that is slower, redirects or fails, for an exposure that is sent at another place than the other one, and for a change of the shares while it ran. Until you know, the rates below compare different people.',
  no_exposures:
    'Is the exposure sent, with this experiment id and a variant key? What to put into the page stands below; new events are counted within seconds.',
  one_variant: 'Does anything choose the other one? Each variant has to send its exposure, the control too.',
  no_control: 'Choose another control behind Edit, or wait until somebody sees it.',
};

export function Verdicts({ verdicts }: { verdicts: readonly Verdict[] }) {
  const [isAll, setAll] = useState(false);
  const stops = verdicts.filter(({ tone }) => tone === 'stop');
  const others = verdicts.filter(({ tone }) => tone !== 'stop');
  const shown = isAll ? others : others.slice(0, shownFirst);
  return (
    <>
      {stops.map((verdict) => (
        <Stop key={verdict.text} verdict={verdict} />
      ))}
      {others.length > 0 && (
        <Card label="What it says" className="p-4">
          <h2 className="font-semibold">What it says</h2>
          <ul className="mt-2 grid gap-2.5">
            {shown.map((verdict) => (
              <li key={verdict.text} className="flex gap-2.5">
                <ToneIcon verdict={verdict} />
                <p className="min-w-0 break-words">{sentence(verdict)}</p>
              </li>
            ))}
          </ul>
          {others.length > shown.length && (
            <Button look="quiet" small className="mt-2" onClick={() => setAll(true)}>
              {others.length - shown.length} more
            </Button>
          )}
        </Card>
      )}
    </>
  );
}

function Stop({ verdict }: { verdict: Verdict }) {
  const help = advice[verdict.code];
  return (
    <Banner isWaiting={verdict.code === 'no_exposures'}>
      <p className="font-medium break-words">{sentence(verdict)}</p>
      {help !== undefined && <p className="mt-1 max-w-4xl">{help}</p>}
    </Banner>
  );
}

/** `isWaiting`: nothing is wrong yet. */
function Banner({ children, isWaiting }: { children: ReactNode; isWaiting: boolean }) {
  return (
    <div
      role="alert"
      className={classes(
        'flex items-start gap-3 rounded-xl border px-4 py-3',
        isWaiting ? 'border-line bg-card' : 'border-bad bg-bad-soft',
      )}
    >
      {isWaiting ? (
        <CircleDashed aria-hidden className="mt-0.5 size-5 shrink-0 text-soft" />
      ) : (
        <CircleStop aria-hidden className="mt-0.5 size-5 shrink-0 text-bad" />
      )}
      <div className="min-w-0">{children}</div>
    </div>
  );
}
