/** The range of a plan, by name or by two days of one's own, and the zone in which its days begin. */
import { daysOfRange } from '../../../src/plan/range-days.ts';
import type { PlanInput } from '../api/questions.ts';
import { browserZone, day, dayAndClock, dayAndYear } from '../format/dates.ts';
import { usePageRange } from '../state/page-commands.ts';
import { isZone, type RangeName, ranges } from '../state/view.ts';
import { Field, inputBox } from '../ui/field.tsx';
import { RangeMenu } from '../ui/range-menu.tsx';

const dayMs = 86_400_000;
const dateOnly = /^\d{4}-\d{2}-\d{2}$/;

export const zoneOfPlan = (plan: PlanInput): string =>
  typeof plan.timeZone === 'string' && isZone(plan.timeZone) ? plan.timeZone : 'UTC';

const dayIn = (time: number, zone: string) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(time);
const isTime = (value: unknown): value is string | number =>
  (typeof value === 'string' || typeof value === 'number') && !Number.isNaN(new Date(value).getTime());

/** 'Last 30 days', '3 Mar – 9 Mar', with the time of day where it is not midnight. */
export function rangeWords(plan: PlanInput): string {
  const { range, from, to } = plan;
  if (typeof range === 'string') return ranges[range as RangeName] ?? range;
  if (!isTime(from) || !isTime(to)) return 'No range';
  const zone = zoneOfPlan(plan);
  const days = wholeDays(plan);
  if (days === undefined) return `${dayAndClock(from, zone)} – ${dayAndClock(to, zone)}`;
  const isThisYear = days.every((each) => each.startsWith(`${new Date().getFullYear()}-`));
  const [first, last] = days.map((each) => (isThisYear ? day(each, 'UTC') : dayAndYear(each, 'UTC')));
  return first === last ? first! : `${first} – ${last}`;
}

/** The first and the last day of a range of dates; undefined where it begins or ends within one. */
function wholeDays({ from, to }: PlanInput): readonly [string, string] | undefined {
  if (typeof from !== 'string' || typeof to !== 'string' || !dateOnly.test(from) || !dateOnly.test(to))
    return undefined;
  return [from, new Date(Date.parse(to) - dayMs).toISOString().slice(0, 10)];
}

interface NewRange {
  readonly range?: string;
  readonly from?: string | number;
  readonly to?: string | number;
}

/** Another range in place of what was there; buckets that would not suit it become others. */
export function withRange(plan: PlanInput, next: NewRange): PlanInput {
  const { range: _range, from: _from, to: _to, ...rest } = plan;
  const moved = { ...rest, kind: plan.kind, ...next };
  const days = lengthInDays(moved);
  const { interval } = plan;
  if (typeof interval !== 'string' || days === undefined || suits(interval, days)) return moved;
  return { ...moved, interval: suiting(days) };
}

function lengthInDays({ range, from, to }: NewRange | PlanInput): number | undefined {
  if (typeof range === 'string') return daysOfRange[range as RangeName];
  if (!isTime(from) || !isTime(to)) return undefined;
  return (new Date(to).getTime() - new Date(from).getTime()) / dayMs;
}

/** Days of ranges whose buckets make a readable chart. */
const daysOf: Readonly<Record<string, readonly [least: number, most: number]>> = {
  '15m': [0, 2],
  hour: [0, 14],
  day: [1.01, 400],
  week: [14, 2_000],
  month: [60, Number.POSITIVE_INFINITY],
};

function suits(interval: string, days: number): boolean {
  const [least, most] = daysOf[interval] ?? [0, 0];
  return days >= least && days <= most;
}

function suiting(days: number): string {
  if (days > 400) return 'month';
  if (days > 120) return 'week';
  return days > 2 ? 'day' : days > 0.25 ? 'hour' : '15m';
}

interface PlanRangeProps {
  readonly plan: PlanInput;
  readonly onChange: (next: PlanInput) => void;
  readonly align?: 'start' | 'end';
  /** Where there may be no range: what that is called. */
  readonly none?: string;
  /** The zone is not the reader’s to choose. */
  readonly isZoneFixed?: boolean;
}

export function PlanRange({ plan, onChange, align = 'end', none, isZoneFixed = false }: PlanRangeProps) {
  const zone = zoneOfPlan(plan);
  const isOpenEnded = plan.range === undefined && plan.from === undefined;
  const choose = (next: NewRange) => onChange(withRange(plan, next));
  const chosen = typeof plan.range === 'string' ? plan.range : undefined;
  usePageRange(chosen, (range) => choose({ range }));
  return (
    <RangeMenu
      label={
        <>
          {isOpenEnded && none !== undefined ? none : rangeWords(plan)}
          {zone !== browserZone && <span className="font-normal text-faint">{zone}</span>}
        </>
      }
      chosen={chosen}
      onRange={(range) => choose({ range })}
      days={daysAsked(plan)}
      onDays={(from, last) =>
        choose({ from, to: new Date(Date.parse(last) + dayMs).toISOString().slice(0, 10) })
      }
      align={align}
      {...(none !== undefined && {
        none: { label: none, isChosen: isOpenEnded, onChoose: () => choose({}) },
      })}
    >
      {!isZoneFixed && <Zone zone={zone} onChange={(timeZone) => onChange({ ...plan, timeZone })} />}
    </RangeMenu>
  );
}

/** Of a plan without days of its own: today. */
function daysAsked(plan: PlanInput): readonly [string, string] {
  const zone = zoneOfPlan(plan);
  const at = (value: unknown, moved: number) =>
    dayIn(isTime(value) ? new Date(value).getTime() - moved : Date.now(), zone);
  return wholeDays(plan) ?? [at(plan.from, 0), at(plan.to, 1)];
}

function Zone({ zone, onChange }: { zone: string; onChange: (zone: string) => void }) {
  const all = [...new Set([zone, browserZone, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
  return (
    <div className="border-t border-line p-2.5">
      <Field label="Days of the zone">
        <select value={zone} onChange={({ target }) => onChange(target.value)} className={inputBox}>
          {all.map((name) => (
            <option key={name} value={name}>
              {name === browserZone ? `${name} (yours)` : name}
            </option>
          ))}
        </select>
      </Field>
    </div>
  );
}
