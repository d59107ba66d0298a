/** What people spent after they had seen a variant, by currency: means per exposed unit, who spent nothing among them. */
import type { ExperimentData } from '../../../../src/query/wire.ts';
import { fullNumber, money } from '../../format/numbers.ts';
import { Card } from '../../ui/card.tsx';
import { Given } from '../../ui/given.tsx';
import type { MeanResult, ShownVariant } from './experiment.ts';
import { type Drawn, IntervalBar, ScaleEnds, scaleOf, type Tone } from './interval-bar.tsx';
import { confidence, lift, nouns, pValue } from './words.ts';

interface MoneyProps {
  readonly data: ExperimentData;
  readonly variants: readonly ShownVariant[];
}

/** Of one answer; more are in the file. */
const currenciesMax = 5;

export function Money({ data, variants }: MoneyProps) {
  const currencies = data.money ?? [];
  if (currencies.length === 0) return null;
  const [one] = nouns[data.per];
  return (
    <Card label="Money" className="min-w-0 p-4">
      <h2 className="font-semibold">Money per exposed {one}</h2>
      <p className="text-[13px] text-faint">
        Everything after the first exposure, refunds too; who spent nothing counts as 0.
      </p>
      {currencies.slice(0, currenciesMax).map(({ currency, variants: results }) => (
        <Currency key={currency} data={data} currency={currency} results={results} variants={variants} />
      ))}
      {currencies.length > currenciesMax && (
        <p className="mt-2 text-[13px] text-faint">
          {currencies.length - currenciesMax} more currencies are in the CSV.
        </p>
      )}
    </Card>
  );
}

interface CurrencyProps extends MoneyProps {
  readonly currency: string | null;
  readonly results: readonly MeanResult[];
}

const number = 'tabular px-2 py-2 text-right align-top whitespace-nowrap';
const heading = 'px-2 py-1.5 text-right font-normal whitespace-nowrap';
const wide = 'hidden md:table-cell';

function Currency({ data, currency, results, variants }: CurrencyProps) {
  const byVariant = new Map(results.map((result) => [result.variant, result]));
  const drawn = results.flatMap((result) => drawnOf(result) ?? []);
  const scale = scaleOf(drawn);
  const reference = byVariant.get(data.control ?? '')?.mean ?? undefined;
  const show = (value: number) => money(String(value), currency, false);
  const name = currency ?? 'Without a currency';
  const reduction = results.find(({ comparison }) => comparison?.cuped != null)?.comparison?.cuped
    ?.varianceReduction;
  return (
    <>
      <table className="mt-3 w-full border-collapse">
        <caption className="pb-1 text-left font-medium">{name}</caption>
        <thead className="text-[13px] text-faint">
          <tr className="border-b border-line">
            <th scope="col" className="py-1.5 pr-2 text-left font-normal md:w-1/5">
              Variant
            </th>
            <th scope="col" className={`${heading} ${wide}`}>
              Spent
            </th>
            <th scope="col" className={`${heading} ${wide}`}>
              Sum
            </th>
            <th scope="col" className={heading}>
              Mean
            </th>
            <th
              scope="col"
              className="w-[45%] px-2 py-1.5 md:w-[30%] text-left font-normal whitespace-nowrap"
            >
              {confidence(data.confidence)} interval
            </th>
            <th scope="col" className={`${heading} ${wide}`}>
              Lift
            </th>
            <th scope="col" className={`${heading} ${wide} pr-0`}>
              p-value
            </th>
          </tr>
        </thead>
        <tbody>
          {variants
            .filter(({ key }) => byVariant.has(key))
            .map((variant) => {
              const result = byVariant.get(variant.key)!;
              const own = drawnOf(result);
              return (
                <tr key={variant.key} className="border-b border-line last:border-0">
                  <th scope="row" className="max-w-0 min-w-28 py-2 pr-2 text-left align-top font-normal">
                    <Given text={variant.name} isWhole className="line-clamp-2 font-medium" />
                    {variant.isControl && <span className="text-[13px] text-faint">control</span>}
                  </th>
                  <td className={`${number} ${wide}`}>
                    {fullNumber(result.units)} of {fullNumber(result.exposed)}
                  </td>
                  <td className={`${number} ${wide}`}>{money(result.sum, currency)}</td>
                  <td className={`${number} font-semibold`}>
                    {result.mean === null ? '–' : show(result.mean)}
                  </td>
                  <td className="px-2 py-1 align-top">
                    {own !== undefined && scale !== undefined && (
                      <IntervalBar
                        drawn={own}
                        scale={scale}
                        reference={reference}
                        tone={toneOf(variant, data, currency)}
                        label={`${show(own.value)}, between ${show(own.low)} and ${show(own.high)}`}
                      />
                    )}
                    <div className="tabular text-[13px] text-faint md:hidden">
                      <Lift result={result} show={show} />
                    </div>
                  </td>
                  <td className={`${number} ${wide}`}>
                    <Lift result={result} show={show} />
                  </td>
                  <td className={`${number} ${wide} pr-0`}>
                    {result.comparison?.adjustedPValue == null
                      ? '–'
                      : pValue(result.comparison.adjustedPValue)}
                  </td>
                </tr>
              );
            })}
        </tbody>
        {scale !== undefined && (
          <tfoot aria-hidden>
            <tr>
              <td />
              <td colSpan={2} className={wide} />
              <td />
              <td className="px-2 pt-1">
                <ScaleEnds drawn={drawn} show={show} />
              </td>
              <td colSpan={2} className={wide} />
            </tr>
          </tfoot>
        )}
      </table>
      {reduction !== undefined && reduction > 0 && (
        <p className="text-[13px] text-faint">
          The p-values take into account what the same people spent before (CUPED), which explains{' '}
          {confidence(reduction)} of the variance.
        </p>
      )}
    </>
  );
}

const drawnOf = ({ mean, interval }: MeanResult): Drawn | undefined =>
  mean === null || interval === null ? undefined : { value: mean, ...interval };

function toneOf(
  { key, isControl }: ShownVariant,
  { verdicts }: ExperimentData,
  currency: string | null,
): Tone {
  if (isControl) return 'control';
  const said = verdicts.find(({ params }) => params.currency === (currency ?? '') && params.variant === key);
  return said?.tone === 'good' || said?.tone === 'bad' ? said.tone : 'open';
}

function Lift({ result: { comparison }, show }: { result: MeanResult; show: (value: number) => string }) {
  if (comparison === null) return <span className="hidden md:inline">–</span>;
  const { lift: value, liftInterval, difference, differenceInterval } = comparison;
  const isLift = value !== null && liftInterval !== null;
  const interval = isLift ? liftInterval : differenceInterval;
  const words = isLift ? lift : (each: number) => `${each > 0 ? '+' : ''}${show(each)}`;
  return (
    <>
      <div className="text-ink">{words(isLift ? value : difference)}</div>
      {interval !== null && (
        <div className="text-[13px] text-faint">
          {words(interval.low)} to {words(interval.high)}
        </div>
      )}
    </>
  );
}
