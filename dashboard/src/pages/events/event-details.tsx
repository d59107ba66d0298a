/** One event in full: every field that it has, its properties as a tree, and itself as JSON. */
import { Link } from '@tanstack/react-router';
import { ListFilter } from 'lucide-react';
import type { ReactNode } from 'react';
import type { EventData } from '../../../../src/query/wire.ts';
import { ago, exactTime } from '../../format/dates.ts';
import { fieldName, flag, valueName } from '../../format/names.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Given } from '../../ui/given.tsx';
import { OnlyButton, type OnlyWith } from './only-button.tsx';
import { PropertyTree } from './property-tree.tsx';

interface EventDetailsProps {
  readonly project: string;
  readonly event: EventData;
  readonly zone: string;
  /** Filters by a value of the event; absent where there is nothing to filter. */
  readonly onOnly?: OnlyWith;
  /** Filters by what the event is; absent as above. */
  readonly onAlike?: () => void;
  /** On the page of the person there is no link to them. */
  readonly hasPersonLink?: boolean;
}

type FieldOf = keyof EventData;
const groups: readonly { readonly label: string; readonly fields: readonly FieldOf[] }[] = [
  {
    label: 'What',
    fields: ['type', 'title', 'productId', 'amount', 'currency', 'experimentId', 'variantKey'],
  },
  { label: 'Who', fields: ['userId', 'anonymousId', 'previousId', 'sessionId', 'viewId', 'bot'] },
  {
    label: 'Where',
    fields: [
      ...(['url', 'host', 'path', 'referrer', 'referrerHost', 'channel'] as const),
      ...(['utmSource', 'utmMedium', 'utmCampaign', 'utmTerm', 'utmContent'] as const),
      ...(['country', 'region', 'city'] as const),
    ],
  },
  {
    label: 'By what means',
    fields: ['source', 'device', 'os', 'browser', 'screen', 'language', 'appVersion'],
  },
  { label: 'When', fields: ['timestamp', 'receivedAt', 'eventId'] },
];
const times: readonly FieldOf[] = ['timestamp', 'receivedAt'];

export function EventDetails({
  project,
  event,
  zone,
  onOnly,
  onAlike,
  hasPersonLink = true,
}: EventDetailsProps) {
  const person = event.userId ?? event.anonymousId;
  return (
    <div className="grid gap-4 text-left">
      <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,20rem),1fr))] gap-x-8 gap-y-4">
        {groups.map(({ label, fields }) => {
          const there = fields.filter((field) => event[field] !== undefined && event[field] !== false);
          return (
            there.length > 0 && (
              <Group key={label} label={label}>
                {there.map((field) => (
                  <Line key={field} event={event} field={field} zone={zone} onOnly={onOnly} />
                ))}
              </Group>
            )
          );
        })}
        {event.properties !== undefined && Object.keys(event.properties).length > 0 && (
          <section aria-label="Properties" className="min-w-0">
            <h3 className="mb-1 text-[13px] font-medium text-faint">Properties</h3>
            <PropertyTree value={event.properties} onOnly={onOnly} />
          </section>
        )}
      </div>
      <div className="flex flex-wrap gap-2">
        {onAlike !== undefined && (
          <Button small onClick={onAlike}>
            <ListFilter aria-hidden className="size-4" />
            Only events like this
          </Button>
        )}
        <CopyButton text={JSON.stringify(event, null, 2)} label="Copy as JSON" />
        {hasPersonLink && person !== undefined && (
          <Link
            to="/p/$project/people/$person"
            params={{ project, person }}
            className="inline-flex h-8 items-center rounded-md border border-line bg-card px-2.5 text-[13px] font-medium hover:bg-sunken"
          >
            This person
          </Link>
        )}
      </div>
    </div>
  );
}

function Group({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section aria-label={label} className="min-w-0">
      <h3 className="mb-1 text-[13px] font-medium text-faint">{label}</h3>
      <dl className="grid grid-cols-[7.5rem_minmax(0,1fr)] gap-x-2 gap-y-0.5">{children}</dl>
    </section>
  );
}

interface LineProps {
  readonly event: EventData;
  readonly field: FieldOf;
  readonly zone: string;
  readonly onOnly: OnlyWith | undefined;
}

function Line({ event, field, zone, onOnly }: LineProps) {
  const value = event[field] as string | boolean;
  const isTime = times.includes(field);
  return (
    <>
      <dt className="truncate text-soft">{fieldName(field)}</dt>
      <dd className="group flex min-w-0 items-start gap-1">
        <Given text={isTime ? momentWords(String(value), zone) : shownValue(field, value)} isWhole />
        {onOnly !== undefined && !isTime && (
          <OnlyButton field={field} value={field === 'amount' ? Number(value) : value} onOnly={onOnly} />
        )}
      </dd>
    </>
  );
}

const momentWords = (time: string, zone: string) => `${exactTime(time, zone)} (${ago(time, Date.now())})`;

function shownValue(field: FieldOf, value: string | boolean): string {
  if (value === true) return 'yes';
  const text = String(value);
  if (field === 'country') return `${flag(text)} ${valueName(field, text)} (${text})`;
  return text;
}
