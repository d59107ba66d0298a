/**
 * What each kind of saved thing holds, and the check of it. Bodies are kept as they were sent: a question's range `7d` means the last
 * seven days whenever it is asked. Filters and plans are checked by the plan's own parser.
 */
import type { SavedKind } from '../catalog/saved.ts';
import { failure, isFailure } from '../errors.ts';
import { below, type Fields, integer, invalid, list, objectWith, oneOf, text } from '../plan/check.ts';
import { goalsMax, variantsMax } from '../plan/experiment.ts';
import { parsePlan } from '../plan/parse-plan.ts';
import { parseTime } from '../plan/time.ts';

export interface BodyContext {
  readonly project: string;
  /** Epoch ms. */
  readonly now: number;
  /** A plan with the names in it replaced. */
  readonly resolve: (plan: unknown, project: string) => Promise<unknown>;
  /** Errors: plan_invalid, when there is no question of this id. */
  readonly assertQuestion: (id: string, pointer: string) => Promise<void>;
}

export const tilesMax = 100;
/** Of a dashboard's grid. */
export const columnsMax = 48;
export const rowsMax = 10_000;
export const statuses = ['draft', 'running', 'ended'] as const;

/** Errors: plan_invalid, its pointer beginning at the body. */
export async function checkBody(kind: SavedKind, body: unknown, context: BodyContext): Promise<void> {
  switch (kind) {
    case 'question':
      return checkQuestion(objectWith(body, '', ['plan', 'view', 'description']), context);
    case 'dashboard':
      return checkDashboard(objectWith(body, '', ['tiles', 'view', 'description']), context);
    case 'experiment':
      return checkExperiment(objectWith(body, '', experimentNames));
    case 'segment':
      return checkSegment(objectWith(body, '', ['filter', 'description']), context);
    case 'cohort':
      return checkCohort(objectWith(body, '', cohortNames), context);
    case 'goal':
      return checkGoal(objectWith(body, '', ['filter', 'value', 'description']), context);
    case 'annotation':
      return checkAnnotation(objectWith(body, '', ['at', 'until', 'text']));
    default:
      return kind satisfies never;
  }
}

async function checkQuestion(body: Fields, context: BodyContext): Promise<void> {
  checkDescription(body);
  checkView(body.view, '/view');
  await checkPlan(body.plan, '/plan', context);
}

/** Tiles show a saved question, a plan of their own, or text. */
async function checkDashboard(body: Fields, context: BodyContext): Promise<void> {
  checkDescription(body);
  checkView(body.view, '/view');
  const tiles =
    Array.isArray(body.tiles) && body.tiles.length === 0 ? [] : list(body.tiles, '/tiles', tilesMax);
  for (const [i, value] of tiles.entries()) {
    const at = below('/tiles', i);
    const tile = objectWith(value, at, ['question', 'plan', 'text', 'title', 'layout', 'view']);
    const given = ['question', 'plan', 'text'].filter((name) => tile[name] !== undefined);
    if (given.length !== 1) throw invalid(at, 'must have exactly one of question, plan, text', value);
    if (tile.title !== undefined) text(tile.title, below(at, 'title'));
    if (tile.text !== undefined) text(tile.text, below(at, 'text'));
    checkLayout(tile.layout, below(at, 'layout'));
    checkView(tile.view, below(at, 'view'));
    if (tile.plan !== undefined) await checkPlan(tile.plan, below(at, 'plan'), context);
    if (tile.question !== undefined) {
      const pointer = below(at, 'question');
      await context.assertQuestion(filled(tile.question, pointer), pointer);
    }
  }
}

function checkLayout(value: unknown, at: string): void {
  const layout = objectWith(value, at, ['x', 'y', 'width', 'height']);
  const x = integer(layout.x, below(at, 'x'), 0, columnsMax - 1);
  integer(layout.y, below(at, 'y'), 0, rowsMax);
  integer(layout.width, below(at, 'width'), 1, columnsMax - x);
  integer(layout.height, below(at, 'height'), 1, rowsMax);
}

const experimentNames = [
  'experimentId',
  'hypothesis',
  'variants',
  'control',
  'goals',
  'start',
  'end',
  'status',
  'description',
];

function checkExperiment(body: Fields): void {
  checkDescription(body);
  filled(body.experimentId, '/experimentId');
  if (body.hypothesis !== undefined) text(body.hypothesis, '/hypothesis');
  const keys = list(body.variants, '/variants', variantsMax).map((value, i) => {
    const at = below('/variants', i);
    const variant = objectWith(value, at, ['key', 'name', 'weight']);
    if (variant.name !== undefined) text(variant.name, below(at, 'name'));
    const { weight = 1 } = variant;
    if (typeof weight !== 'number' || !(weight > 0 && weight <= weightMax))
      throw invalid(below(at, 'weight'), `must be a number over 0, up to ${weightMax}`, weight);
    return filled(variant.key, below(at, 'key'));
  });
  if (keys.length < 2) throw invalid('/variants', 'must have at least 2 members', body.variants);
  for (const [i, key] of keys.entries())
    if (keys.indexOf(key) < i) throw invalid(`/variants/${i}/key`, 'must be given once', key);
  if (body.control !== undefined) oneOf(body.control, '/control', keys);
  if (body.goals !== undefined)
    for (const [i, goal] of list(body.goals, '/goals', goalsMax).entries()) filled(goal, below('/goals', i));
  checkTimes(body, 'start', 'end');
  oneOf(body.status ?? 'draft', '/status', statuses);
}

const weightMax = 1_000_000;

async function checkSegment(body: Fields, context: BodyContext): Promise<void> {
  checkDescription(body);
  await checkFilter(body.filter, context);
}

const cohortNames = ['filter', 'atLeast', 'days', 'from', 'to', 'bots', 'description'];

async function checkCohort({ description, ...condition }: Fields, context: BodyContext): Promise<void> {
  checkDescription({ description });
  await within('/filter/cohort', '', () =>
    checkPlan({ ...anyPlan, filter: { cohort: condition } }, '', context),
  );
}

/** `value`: what one of them is worth, a number or a field to sum up. */
async function checkGoal(body: Fields, context: BodyContext): Promise<void> {
  checkDescription(body);
  await checkFilter(body.filter, context);
  const { value } = body;
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return;
  if (typeof value !== 'object') throw invalid('/value', 'must be a number, or an object with of', value);
  const measure = { agg: 'sum', ...objectWith(value, '/value', ['of', 'currency']) };
  await within('/measures/0', '/value', () => checkPlan({ ...anyPlan, measures: [measure] }, '', context));
}

function checkAnnotation(body: Fields): void {
  filled(body.text, '/text');
  if (body.at === undefined) throw invalid('/at', 'must be given', undefined);
  checkTimes(body, 'at', 'until');
}

function checkTimes(body: Fields, first: string, last: string): void {
  const [from, to] = [first, last].map((name) => {
    const value = body[name];
    if (value === undefined) return undefined;
    const moment = parseTime(value, 'UTC');
    if (typeof moment === 'string') throw invalid(`/${name}`, moment, value);
    return moment;
  });
  if (to === undefined) return;
  if (from === undefined) throw invalid(`/${first}`, `must be given with ${last}`, undefined);
  if (to.end <= from.from) throw invalid(`/${last}`, `must not be before ${first}`, body[last]);
}

const anyPlan = { kind: 'summary', range: '7d' };

async function checkFilter(filter: unknown, context: BodyContext): Promise<void> {
  if (filter === undefined) throw invalid('/filter', 'must be given', undefined);
  await checkPlan({ ...anyPlan, filter }, '', context);
}

async function checkPlan(plan: unknown, at: string, context: BodyContext): Promise<void> {
  const { project, now } = context;
  await within('', at, async () => parsePlan(await context.resolve(plan, project), { project, now }));
}

/** Runs `work`, whose errors point to places below `inner`; in the body they are below `outer`. */
async function within(inner: string, outer: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isFailure(error, 'plan_invalid')) throw error;
    const { pointer, rule, value } = error.details as Record<'pointer' | 'rule' | 'value', string>;
    const own = pointer.startsWith(inner) ? pointer.slice(inner.length) : pointer;
    throw failure('plan_invalid', { pointer: outer + own, rule, value }, error);
  }
}

function checkDescription({ description }: Fields): void {
  if (description !== undefined) text(description, '/description');
}

/** How a thing is drawn is its client's business: any object. */
function checkView(value: unknown, at: string): void {
  if (value === undefined) return;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(at, 'must be an object', value);
}

function filled(value: unknown, pointer: string): string {
  const checked = text(value, pointer);
  if (checked.trim() === '') throw invalid(pointer, 'must not be empty', value);
  return checked;
}
