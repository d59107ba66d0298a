/** An experiment's answer: the store's numbers, and what the statistics make of them. */
import { analyzeExperiment } from '../../experiment/analyze.ts';
import type { ExperimentAnalysis, MetricSums } from '../../experiment/experiment.ts';
import { bucketsOf } from '../../plan/edges.ts';
import { type ExperimentPlan, exposureTypes } from '../../plan/experiment.ts';
import type { Filter, Plan } from '../../plan/plan.ts';
import type {
  ExperimentQuestion,
  ExperimentRows,
  MoneyCell,
  Reach,
  VariantCell,
} from '../../store/experiments.ts';
import { bucketList } from '../assemble.ts';
import { amountText } from '../money.ts';
import type { Bucket, ExperimentData, ExperimentDays, Reach as ReachData } from '../wire.ts';
import type { AnalysisParts, AnalysisResult } from './analysis-parts.ts';

export async function askExperiment(
  plan: ExperimentPlan,
  parts: AnalysisParts,
): Promise<AnalysisResult<ExperimentData>> {
  const { analyses, budget, signal, now } = parts;
  const { from, to, timeZone, weekStart, byDay } = plan;
  const buckets = byDay ? bucketsOf(from, to, 'day', timeZone, weekStart) : undefined;
  const question = questionOf(plan, buckets?.edges ?? [from, to]);
  const rows = await analyses.experiment(question, budget, signal);
  const data = dataOf(plan, rows, await beganEarlier(plan, parts));
  return {
    data: buckets === undefined ? data : { ...data, days: daysOf(plan, rows, bucketList(buckets, now)) },
    rowsRead: rows.rowsRead,
    source: rows.source,
  };
}

function questionOf(plan: ExperimentPlan, edges: readonly number[]): ExperimentQuestion {
  const { experiment, per, goals, reach, money, includeMixed, exact } = plan;
  return { scope: plan, experiment, per, reach, money, includeMixed, exact, edges, ...(goals && { goals }) };
}

/** Whether the experiment was seen in the time that tells what people had before it; asked only where that counts. */
async function beganEarlier(plan: ExperimentPlan, { run }: AnalysisParts): Promise<boolean> {
  if (!plan.money || plan.per !== 'user') return false;
  const { version, project, bots, timeZone, from, to } = plan;
  const exposures: Filter = {
    and: [
      { field: 'type', op: 'in', value: exposureTypes },
      { field: 'experimentId', op: 'eq', value: plan.experiment },
    ],
  };
  const earlier = { version, project, bots, timeZone, from: from - (to - from), to: from };
  const count: Plan = { ...earlier, kind: 'summary', metrics: ['events'], exact: true, filter: exposures };
  const { cells } = await run({ plan: count, edges: [earlier.from, earlier.to] });
  return cells.some(({ events }) => events > 0);
}

function dataOf(plan: ExperimentPlan, rows: ExperimentRows, began: boolean): ExperimentData {
  const { variants, mixed, unassigned } = rows;
  const goals = goalsTold(plan, rows);
  const currencies = [
    ...new Set(variants.flatMap(({ money }) => money.map(({ currency }) => currency))),
  ].sort();
  const analysis = analyzeExperiment({
    unit: plan.per,
    goals: [totalName(rows, goals), ...goals],
    currencies,
    variants: variants.map((cell) => ({
      key: cell.variant,
      exposed: cell.units,
      ...(plan.per === 'session' && assignedBy(cell, variants)),
      converted: [cell.converted, ...goals.map((goal) => cell.goals[rows.goals.indexOf(goal)]!)],
      money: currencies.map((currency) => sumsOf(plan, cell, currency)),
    })),
    control: controlOf(plan, variants),
    mixed,
    mixedIncluded: plan.includeMixed,
    beganEarlier: began,
    exact: true,
    ...(plan.weights && { weights: plan.weights }),
  });
  const [conversion, ...byGoal] = analysis.goals;
  return {
    kind: 'experiment',
    experiment: plan.experiment,
    per: plan.per,
    control: analysis.control,
    confidence: analysis.confidence,
    variants: variants.map(({ variant, users, sessions }) => ({
      variant,
      ...(users && { users: reachOf(users) }),
      ...(sessions && { sessions: reachOf(sessions) }),
    })),
    mixed: { units: mixed, included: plan.includeMixed },
    unassigned,
    ratio: analysis.ratio,
    conversion: conversion?.variants ?? [],
    goals: goals.map((goal, i) => ({ goal: goal || null, variants: byGoal[i]?.variants ?? [] })),
    ...(plan.money && { money: moneyOf(analysis, variants) }),
    verdicts: analysis.verdicts,
  };
}

/** The ratio of sessions is checked by their users, when they are known; sessions of nobody are checked themselves. */
function assignedBy({ users }: VariantCell, all: readonly VariantCell[]): { assigned?: number | null } {
  if (users === undefined) return { assigned: null };
  return all.some((cell) => cell.users?.exposed) ? { assigned: users.exposed } : {};
}

/** Goals that are told by themselves: one alone is what all conversions are, unless it was asked for. */
const goalsTold = ({ goals }: ExperimentPlan, rows: ExperimentRows): readonly string[] =>
  goals === undefined ? (rows.goals.length > 1 ? rows.goals : []) : goals.length > 1 ? goals : [];

/** What all conversions together are called. */
const totalName = ({ goals }: ExperimentRows, told: readonly string[]): string | null =>
  told.length === 0 && goals.length === 1 ? goals[0]! : null;

function controlOf({ control }: ExperimentPlan, variants: readonly VariantCell[]): string {
  if (control !== undefined) return control;
  return variants.some(({ variant }) => variant === 'control')
    ? 'control'
    : (variants[0]?.variant ?? 'control');
}

/** An exposed unit has an exposure. */
const reachOf = ({ exposed, pageviews, conversions }: Reach): ReachData => ({
  exposed,
  pageviews,
  exposures: exposed,
  conversions,
});

function sumsOf({ per }: ExperimentPlan, { money }: VariantCell, currency: string): MetricSums {
  const cell = money.find((one) => one.currency === currency);
  const { units, sum, squares, before, beforeSquares, products } = cell ?? nothing;
  return {
    units,
    sum,
    sumOfSquares: squares,
    ...(per === 'user' && { before: { sum: before, sumOfSquares: beforeSquares, sumOfProducts: products } }),
  };
}

const nothing: Omit<MoneyCell, 'currency'> = {
  units: 0,
  sum: 0n,
  squares: 0n,
  before: 0n,
  beforeSquares: 0n,
  products: 0n,
};

function moneyOf(
  { money }: ExperimentAnalysis,
  cells: readonly VariantCell[],
): NonNullable<ExperimentData['money']> {
  return money.map(({ currency, variants }) => ({
    currency: currency || null,
    variants: variants.map((result, i) => {
      const { units, sum } = cells[i]!.money.find((one) => one.currency === currency) ?? nothing;
      return { ...result, units, sum: amountText(sum) };
    }),
  }));
}

function daysOf(
  { timeZone }: ExperimentPlan,
  rows: ExperimentRows,
  buckets: readonly Bucket[],
): ExperimentDays {
  return {
    timeZone,
    buckets,
    variants: rows.variants.map(({ variant, entered, convertedFirst }) => ({
      variant,
      entered,
      exposed: cumulative(entered),
      converted: cumulative(convertedFirst),
    })),
  };
}

function cumulative(counts: readonly number[]): readonly number[] {
  let sum = 0;
  return counts.map((count) => {
    sum += count;
    return sum;
  });
}
