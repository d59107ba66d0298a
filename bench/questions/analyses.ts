/**
 * Questions about groups and about people, as a client sends them, and one number out of each answer that the same question in SQL
 * written by hand (analyses-by-hand.ts) must come to. About 30 days, each turn at another end (questions.ts).
 */
import type { Ask } from './asker.ts';
import type { Range } from './questions.ts';

export const funnelSteps = ['pageview', 'add_to_cart', 'purchase'] as const;
export const pathSteps = 5;
/** Of paths. */
export const valuesMax = 200;
export const groupsMax = 100;

export interface AnalysisKind {
  readonly name: string;
  /** p95 in ms that is to be reached on the embedded engine. */
  readonly reachMs: number;
  readonly question: (range: Range) => object;
  /** The number to compare. */
  readonly numberOf: (data: never) => number;
}

const typeIs = (type: string) => ({ filter: { field: 'type', op: 'eq', value: type } });
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

interface Breakdown {
  readonly groups: readonly { readonly events: number; readonly users: number }[];
}
interface Funnel {
  readonly steps: readonly { readonly count: number }[];
}
interface Retention {
  readonly cohorts: readonly { readonly people: number; readonly returned: readonly number[] }[];
}
interface Paths {
  readonly links: readonly { readonly sequences: number }[];
}
interface Sessions {
  readonly total: { readonly sessions: number };
}
interface People {
  readonly people: readonly { readonly events: number }[];
}

function breakdown(field: string, reachMs: number): AnalysisKind {
  return {
    name: `breakdown by ${field}`,
    reachMs,
    question: (range) => ({
      kind: 'breakdown',
      ...range,
      by: [field],
      limit: groupsMax,
      metrics: ['events', 'users'],
    }),
    numberOf: ({ groups }: Breakdown) => sum(groups.map(({ events }) => events)),
  };
}

function retention(name: string, first: 'ever' | 'range'): AnalysisKind {
  return {
    name,
    reachMs: 400,
    question: (range) => ({ kind: 'retention', ...range, period: 'day', first }),
    numberOf: ({ cohorts }: Retention) => sum(cohorts.map(({ people, returned }) => people + sum(returned))),
  };
}

function paths(per: 'user' | 'session'): AnalysisKind {
  return {
    name: `paths by ${per}`,
    reachMs: 1_000,
    question: (range) => ({ kind: 'paths', ...range, per, steps: pathSteps }),
    numberOf: ({ links }: Paths) => sum(links.map(({ sequences }) => sequences)),
  };
}

export const analyses = {
  byType: breakdown('type', 100),
  byCountry: breakdown('country', 500),
  byPath: breakdown('path', 500),
  funnel: {
    name: 'funnel of three steps',
    reachMs: 600,
    question: (range) => ({ kind: 'funnel', ...range, steps: funnelSteps.map(typeIs) }),
    numberOf: ({ steps }: Funnel) => sum(steps.map(({ count }) => count)),
  },
  retention: retention('retention by day', 'range'),
  retentionEver: retention('retention by day, the first of all time', 'ever'),
  pathsByUser: paths('user'),
  pathsBySession: paths('session'),
  sessions: {
    name: 'sessions',
    reachMs: 1_000,
    question: (range) => ({ kind: 'sessions', ...range }),
    numberOf: ({ total }: Sessions) => total.sessions,
  },
  users: {
    name: 'people',
    reachMs: 500,
    question: (range) => ({ kind: 'users', ...range }),
    numberOf: ({ people }: People) => sum(people.map(({ events }) => events)),
  },
} satisfies Readonly<Record<string, AnalysisKind>>;

export type AnalysisName = keyof typeof analyses;
export const analysisNames = Object.keys(analyses) as readonly AnalysisName[];

export const askAnalysis = (ask: Ask, name: AnalysisName, range: Range): Promise<number> =>
  askOne(ask, analyses[name], range);

export async function askOne(ask: Ask, { question, numberOf }: AnalysisKind, range: Range): Promise<number> {
  const { data } = await ask<{ data: never }>('/api/v1/query', question(range));
  return numberOf(data);
}
