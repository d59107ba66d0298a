/**
 * A dashboard for who has a link to it. The link is all that they have: it opens the tiles that are on the board now, asked as they are
 * saved, over a range. Their questions go through the same cache as everybody's, with the budget and the lane of a key of its own.
 */
import type { Share } from '../catalog/shares.ts';
import { failure, isFailure } from '../errors.ts';
import type { Guests } from '../shares/guests.ts';
import { type SharedBoards, unfiltered } from '../shares/shared-board.ts';
import { sharedDescriptions } from './openapi/share-descriptions.ts';
import type { QuestionStage } from './question-routes.ts';
import { type Call, type Route, type RouteAnswer, readObject, textOf } from './route.ts';

export interface SharedParts {
  readonly guests: Pick<Guests, 'find' | 'admit' | 'enter'>;
  readonly boards: Pick<SharedBoards, 'board' | 'plan'>;
  readonly questions: Pick<QuestionStage, 'ask'>;
}

export const passHeader = 'x-millrace-pass';
const path = '/api/v1/shared/:token';

export function sharedRoutes(parts: SharedParts): readonly Route[] {
  return [
    {
      method: 'GET',
      path,
      scope: 'open',
      describe: sharedDescriptions.board,
      handle: (call) => board(parts, call),
    },
    {
      method: 'POST',
      path: `${path}/pass`,
      scope: 'open',
      describe: sharedDescriptions.pass,
      handle: (call) => enter(parts, call),
    },
    {
      method: 'POST',
      path: `${path}/answers`,
      scope: 'open',
      describe: sharedDescriptions.answer,
      handle: (call) => answer(parts, call),
    },
  ];
}

async function board(parts: SharedParts, call: Call): Promise<RouteAnswer> {
  const share = await admitted(parts, call);
  return { body: { data: await parts.boards.board(share) } };
}

async function enter({ guests }: SharedParts, call: Call): Promise<RouteAnswer> {
  const password = textOf(readObject(call.body, ['password']), 'password');
  const { share, pass, expiresAt } = await guests.enter(inHand(call), password);
  call.count(askerIdOf(share));
  return { status: 201, body: { data: { pass, expiresAt: new Date(expiresAt).toISOString() } } };
}

async function answer(parts: SharedParts, call: Call): Promise<RouteAnswer> {
  const share = await admitted(parts, call);
  const wanted = readObject(call.body, ['tile', 'range', 'from', 'to']);
  const optional = (name: string) => (wanted[name] === undefined ? undefined : textOf(wanted, name));
  const { tile } = wanted;
  if (typeof tile !== 'number' || !Number.isInteger(tile) || tile < 0)
    throw failure('request_invalid', { detail: 'tile must be the number of a tile of the board' });
  const range = { range: optional('range'), from: optional('from'), to: optional('to') };
  const plan = await parts.boards.plan(share, tile, range);
  const asked = { project: share.project, signal: call.signal, asker: { id: askerIdOf(share) } };
  try {
    const answer = await parts.questions.ask(plan, asked);
    return { body: { data: { plan: unfiltered(plan), answer } } };
  } catch (error) {
    if (!isFailure(error, 'plan_invalid')) throw error;
    // what is wrong may name what guests do not see
    const detail = 'the question of this tile cannot be asked as it was saved, or not over this range';
    throw failure('conflict', { detail }, error);
  }
}

async function admitted({ guests }: SharedParts, call: Call): Promise<Share> {
  const share = await guests.admit(inHand(call));
  call.count(askerIdOf(share));
  return share;
}

function inHand({ path, headers, client }: Call) {
  const pass = headers[passHeader];
  return {
    token: path.token!,
    pass: typeof pass === 'string' ? pass : undefined,
    address: client.address,
  };
}

const askerIdOf = ({ id }: Share): string => `share:${id}`;
