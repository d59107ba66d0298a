/** What is known of a person at a glance: when, how much, where from, and by which ids. */
import { type ReactNode, useState } from 'react';
import type { EventData, PersonData } from '../../../../src/query/wire.ts';
import { ago, dayAndClock, exactTime } from '../../format/dates.ts';
import { flag, valueName } from '../../format/names.ts';
import { fullNumber } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Given } from '../../ui/given.tsx';

interface FactsProps {
  readonly person: PersonData | null;
  readonly ids: readonly string[];
  readonly newest: EventData | undefined;
  readonly zone: string;
  readonly isAll: boolean;
}

const idsShown = 8;

export function Facts({ person, ids, newest, zone, isAll }: FactsProps) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? ids : ids.slice(0, idsShown);
  const when = (time: string) => (
    <span title={exactTime(time, zone)}>
      {dayAndClock(time, zone)} <span className="text-faint">({ago(time, Date.now())})</span>
    </span>
  );
  return (
    <Card label="About this person" className="p-4 lg:sticky lg:top-20">
      <dl className="grid gap-3">
        {person !== null && (
          <>
            <Fact name={isAll ? 'First seen' : 'First seen in this range'}>{when(person.firstSeen)}</Fact>
            <Fact name={isAll ? 'Last seen' : 'Last seen in this range'}>{when(person.lastSeen)}</Fact>
            <Fact name={isAll ? 'Events' : 'Events in this range'}>{fullNumber(person.events)}</Fact>
          </>
        )}
        {newest !== undefined && <LastTraits event={newest} />}
        <Fact name={ids.length === 1 ? 'Id' : 'Ids that are this person'}>
          <ul className="grid gap-1">
            {shown.map((id) => (
              <li key={id} className="flex min-w-0 items-center gap-2">
                <Given text={id} className="min-w-0 flex-1 font-mono text-[13px]" />
                <CopyButton text={id} />
              </li>
            ))}
          </ul>
          {ids.length > shown.length && (
            <Button small look="quiet" onClick={() => setWhole(true)}>
              {fullNumber(ids.length - shown.length)} more
            </Button>
          )}
        </Fact>
      </dl>
    </Card>
  );
}

function LastTraits({ event }: { event: EventData }) {
  const { country, region, city, browser, os, device, language } = event;
  const place = [city, region, country === undefined ? undefined : valueName('country', country)].filter(
    Boolean,
  );
  const means = [browser, os, device === undefined ? undefined : valueName('device', device)].filter(Boolean);
  return (
    <>
      {place.length > 0 && (
        <Fact name="Last place">
          {country !== undefined && flag(country)} <Given text={place.join(', ')} isWhole />
        </Fact>
      )}
      {means.length > 0 && (
        <Fact name="Last seen with">
          <Given text={means.join(', ')} isWhole />
        </Fact>
      )}
      {language !== undefined && <Fact name="Language">{valueName('language', language)}</Fact>}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-[13px] text-faint">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}
