/** How long it took from the first step to the last: how many in which span. */
import type { FunnelData } from '../../../../../src/query/wire.ts';
import { fullNumber, percent } from '../../../format/numbers.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';

interface TimeToConvertProps {
  readonly unit: string;
  readonly toConvert: FunnelData['toConvert'];
}

export function TimeToConvert({ unit, toConvert }: TimeToConvertProps) {
  const first = toConvert.findIndex(({ count }) => count > 0);
  if (first < 0) return null;
  const shown = toConvert.slice(first, toConvert.findLastIndex(({ count }) => count > 0) + 1);
  const most = Math.max(...shown.map(({ count }) => count));
  const all = shown.reduce((sum, { count }) => sum + count, 0);
  return (
    <section aria-label="Time to the end" className="grid min-w-0 gap-2">
      <h3 className="font-semibold">Time from the first step to the last</h3>
      <ScrollBox label="How many took how long">
        <ol className="flex min-w-fit gap-1">
          {shown.map(({ fromMs, toMs, count }) => {
            const label = spanWords(fromMs, toMs);
            return (
              <li
                key={fromMs}
                className="flex max-w-40 min-w-16 flex-1 flex-col text-center text-[13px]"
                title={`${label}: ${fullNumber(count)} ${unit}`}
              >
                <div className="flex h-24 flex-col justify-end">
                  <span className="tabular text-soft">{count === 0 ? '' : percent(count / all)}</span>
                  <div
                    className="rounded-t bg-accent opacity-70"
                    style={{ height: `${(count / most) * 75}%` }}
                  />
                </div>
                <span className="border-t border-line pt-1 text-faint">{label}</span>
              </li>
            );
          })}
        </ol>
      </ScrollBox>
    </section>
  );
}

const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const;

/** '5 min', '3 h': borders are whole numbers of their unit. */
function borderWords(ms: number): string {
  const [size, name] = units.find(([each]) => ms >= each && ms % each === 0) ?? [60_000, 'min'];
  return `${ms / size} ${name}`;
}

function spanWords(fromMs: number, toMs: number | null): string {
  if (toMs === null) return `over ${borderWords(fromMs)}`;
  if (fromMs === 0) return `under ${borderWords(toMs)}`;
  const [from, to] = [borderWords(fromMs), borderWords(toMs)];
  const [number, unit] = from.split(' ');
  return unit === to.split(' ')[1] ? `${number}–${to}` : `${from} – ${to}`;
}
