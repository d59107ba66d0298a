/** What the demo remembers in its directory: its keys and its first day, so that starting it again goes on where it was. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Keys } from './server.ts';

export interface DemoState {
  readonly seed: number;
  /** When the fill ends and the live stream begins; epoch milliseconds. The past is made out of this and the seed alone. */
  readonly filledUntil: number;
  readonly shop: Keys;
  /** Of the project with the access log; known once it is made. */
  readonly weblog?: Pick<Keys, 'write' | 'read'>;
  /** Of the project with the experiment. */
  readonly game?: Pick<Keys, 'write' | 'read'>;
  /** Whether everything before `filledUntil` was sent. */
  readonly filled: boolean;
}

const nameOf = (directory: string) => join(directory, 'demo.json');

/** Errors: an Error, when the directory holds something else than a demo. */
export function openState(directory: string, seed: number, now: number): DemoState {
  mkdirSync(directory, { recursive: true });
  if (existsSync(nameOf(directory))) return JSON.parse(readFileSync(nameOf(directory), 'utf8')) as DemoState;
  if (readdirSync(directory).length > 0)
    throw new Error(`${directory} holds something that is no demo; give --data an empty or a new directory`);
  const key = (scope: string) => `demo_${scope}_${randomBytes(6).toString('hex')}`;
  const shop = { write: key('write'), read: key('read'), admin: key('admin') };
  return keepState(directory, { seed, filledUntil: now, shop, filled: false });
}

export function keepState(directory: string, state: DemoState): DemoState {
  writeFileSync(nameOf(directory), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  return state;
}
