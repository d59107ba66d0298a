/** Sessions' own members of a plan, and what each number is called. */
import type { SessionNumbers } from '../../../../../src/query/wire.ts';
import type { PlanInput } from '../../../api/questions.ts';
import { fieldName } from '../../../format/names.ts';
import { decimalNumber, duration, fullNumber, percent } from '../../../format/numbers.ts';
import { membersOf, numberOf, textOf } from '../parts/plan-parts.ts';

export const limitDefault = 10;
export const pages = [
  { value: 'entryPath', label: 'Entry page', hint: 'the first page view', group: 'Of the session' },
  { value: 'exitPath', label: 'Exit page', hint: 'the last page view', group: 'Of the session' },
];

export const dimensionOf = ({ by }: PlanInput): string | undefined =>
  textOf(by) ?? textOf(membersOf(by).dimension);
export const limitOf = ({ by }: PlanInput): number => numberOf(membersOf(by).limit) ?? limitDefault;
export const isPage = (dimension: string) => pages.some(({ value }) => value === dimension);
export const dimensionName = (dimension: string) =>
  pages.find(({ value }) => value === dimension)?.label ?? fieldName(dimension);

export interface Figure {
  readonly name: string;
  readonly of: (numbers: SessionNumbers) => number | null;
  readonly show: (value: number) => string;
}

export const figures = {
  sessions: { name: 'Sessions', of: ({ sessions }) => sessions, show: fullNumber },
  users: { name: 'People', of: ({ users }) => users, show: fullNumber },
  median: { name: 'Median length', of: ({ medianMs }) => medianMs, show: duration },
  average: { name: 'Mean length', of: ({ averageMs }) => averageMs, show: duration },
  bounce: { name: 'Bounced', of: ({ bounceRate }) => bounceRate, show: percent },
  pages: {
    name: 'Pages a session',
    of: ({ pageviewsPerSession }) => pageviewsPerSession,
    show: decimalNumber,
  },
} as const satisfies Readonly<Record<string, Figure>>;

export const figureText = ({ of, show }: Figure, numbers: SessionNumbers): string => {
  const value = of(numbers);
  return value === null ? '–' : show(value);
};
