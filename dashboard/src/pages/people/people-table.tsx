/** People as rows that lead to their pages; on a narrow page the first column says it all. */
import { Link } from '@tanstack/react-router';
import type { PersonData } from '../../../../src/query/wire.ts';
import { ago, exactTime } from '../../format/dates.ts';
import { flag, valueName } from '../../format/names.ts';
import { fullNumber } from '../../format/numbers.ts';
import { classes } from '../../ui/classes.ts';
import { Given } from '../../ui/given.tsx';
import { idOf, type Traits } from './use-people.ts';

const ofRange = 'In this range; a person’s page tells of all time';

interface PeopleTableProps {
  readonly project: string;
  readonly people: readonly PersonData[];
  readonly traits: ReadonlyMap<string, Traits>;
  readonly zone: string;
}

export function PeopleTable({ project, people, traits, zone }: PeopleTableProps) {
  const now = Date.now();
  const head = 'px-2 py-2 font-normal';
  return (
    <table aria-label="People" className="tabular w-full table-fixed">
      <thead className="text-left text-[13px] text-faint">
        <tr className="border-b border-line">
          <th scope="col" className={classes(head, 'pl-4')}>
            Person
          </th>
          <th scope="col" title={ofRange} className={classes(head, 'w-32 max-sm:hidden')}>
            Last seen
          </th>
          <th scope="col" title={ofRange} className={classes(head, 'w-32 max-sm:hidden')}>
            First seen
          </th>
          <th scope="col" title={ofRange} className={classes(head, 'w-20 pr-4 text-right sm:w-24')}>
            Events
          </th>
          <th scope="col" className={classes(head, 'w-44 max-md:hidden')}>
            Country
          </th>
          <th scope="col" className={classes(head, 'w-28 max-md:hidden')}>
            Device
          </th>
        </tr>
      </thead>
      <tbody>
        {people.map((person) => {
          const id = idOf(person);
          const { country, device } = traits.get(id) ?? {};
          return (
            <tr key={person.key} className="relative border-b border-line last:border-0 hover:bg-sunken">
              <td className="px-2 py-2.5 pl-4">
                <Link
                  to="/p/$project/people/$person"
                  params={{ project, person: id }}
                  className="flex min-w-0 items-baseline gap-2 font-medium after:absolute after:inset-0"
                >
                  <Given text={id} className={person.userId === undefined ? 'text-soft' : undefined} />
                  {person.userId === undefined && (
                    <span className="shrink-0 text-[13px] font-normal text-soft max-sm:hidden">
                      anonymous
                    </span>
                  )}
                </Link>
                <span className="block truncate text-[13px] text-soft sm:hidden">
                  {person.userId === undefined && 'anonymous · '}
                  seen {ago(person.lastSeen, now)}
                  {country !== undefined && ` · ${flag(country)} ${valueName('country', country)}`}
                </span>
              </td>
              <td className="px-2 py-2.5 text-soft max-sm:hidden" title={exactTime(person.lastSeen, zone)}>
                {ago(person.lastSeen, now)}
              </td>
              <td className="px-2 py-2.5 text-soft max-sm:hidden" title={exactTime(person.firstSeen, zone)}>
                {ago(person.firstSeen, now)}
              </td>
              <td className="px-2 py-2.5 pr-4 text-right">{fullNumber(person.events)}</td>
              <td className="px-2 py-2.5 text-soft max-md:hidden">
                {country !== undefined && (
                  <Given text={`${flag(country)} ${valueName('country', country)}`} />
                )}
              </td>
              <td className="px-2 py-2.5 text-soft max-md:hidden">
                {device !== undefined && <Given text={valueName('device', device)} />}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
