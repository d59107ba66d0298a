/**
 * A published A/B test of a mobile game ("Cookie Cats", 90,189 players): where the first gate stands, and who came back after one day and
 * after seven. Only its counts are here, from which every player's events are made again; who played when is made up.
 */
import type { DemoEvent } from './send.ts';

export const experimentId = 'cookie-cats-gate';
export const goals = ['retention_1', 'retention_7'] as const;

/** Players by variant and what they did: neither goal, only the second, only the first, both. */
const players: readonly (readonly [variant: string, counts: readonly [number, number, number, number]])[] = [
  ['gate_30', [22_840, 1_826, 13_358, 6_676]],
  ['gate_40', [23_597, 1_773, 13_613, 6_506]],
];

const dayMs = 86_400_000;
const installDays = 14;
/** Until the last players had their seven days. */
export const experimentDays = 22;
/** Players are taken in steps of this, which has no divisor in common with their number, so that each day has all kinds of them. */
const stride = 40_009;

/** In groups, by player: exposures over two weeks from `start` (epoch ms) on, conversions one and seven days after. All in 21 days. */
export function* cookieCats(start: number): Generator<readonly DemoEvent[]> {
  const all = players.flatMap(([variant, counts]) =>
    counts.flatMap((count, did) => Array.from({ length: count }, () => ({ variant, did }))),
  );
  for (let turn = 0; turn < all.length; turn++) {
    const { variant, did } = all[(turn * stride) % all.length]!;
    const at = start + Math.floor((turn / all.length) * installDays * dayMs);
    yield eventsOf(`cat-${turn}`, variant, did, at);
  }
}

function eventsOf(userId: string, variantKey: string, did: number, at: number): readonly DemoEvent[] {
  const event = (name: string, type: string, timestamp: number) => ({
    ...{ eventId: `${userId}-${name}`, type, timestamp, userId, source: 'server' as const },
  });
  const converted = (goal: (typeof goals)[number], days: number) => ({
    ...event(goal, 'CONVERSION', at + days * dayMs),
    properties: { goal },
  });
  return [
    { ...event('seen', 'EXPOSURE', at), experimentId, variantKey },
    ...(did & 2 ? [converted('retention_1', 1)] : []),
    ...(did & 1 ? [converted('retention_7', 7)] : []),
  ];
}
