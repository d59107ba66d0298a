/** The variants of a goal side by side: how many saw each, how many converted, and how sure one may be of the difference. */
import type { ExperimentData } from '../../../../src/query/wire.ts';
import { fullNumber } from '../../format/numbers.ts';
import { Given } from '../../ui/given.tsx';
import { type GoalChoice, isAbout, type RateResult, type ShownVariant } from './experiment.ts';
import { type Drawn, IntervalBar, ScaleEnds, scaleOf, type Tone } from './interval-bar.tsx';
import { chance, confidence, lift, points, pValue, rate } from './words.ts';

interface VariantsTableProps {
  readonly data: ExperimentData;
  readonly goal: GoalChoice;
  readonly variants: readonly ShownVariant[];
}

const number = 'tabular px-2 py-2.5 text-right align-top whitespace-nowrap';
const heading = 'px-2 py-2 text-right font-normal whitespace-nowrap';
/** Columns that there is no room for on a phone; what they say stands under the name there. */
const wide = 'hidden md:table-cell';
const wider = 'hidden lg:table-cell';

export function VariantsTable({ data, goal, variants }: VariantsTableProps) {
  const results = new Map(goal.results.map((result) => [result.variant, result]));
  const drawn = goal.results.flatMap((result) => drawnOf(result) ?? []);
  const scale = scaleOf(drawn);
  const reference = results.get(data.control ?? '')?.rate ?? undefined;
  return (
    <table className="w-full table-auto border-collapse">
      <caption className="sr-only">
        Variants by {goal.label}, with intervals of {confidence(data.confidence)}
      </caption>
      <thead className="text-[13px] text-faint">
        <tr className="border-b border-line">
          <th scope="col" className="py-2 pr-2 text-left font-normal md:w-1/5">
            Variant
          </th>
          <th scope="col" className={`${heading} ${wide}`}>
            Exposed
          </th>
          <th scope="col" className={`${heading} ${wide}`}>
            Converted
          </th>
          <th scope="col" className={heading}>
            Rate
          </th>
          <th scope="col" className="w-[45%] px-2 py-2 md:w-[30%] text-left font-normal whitespace-nowrap">
            {confidence(data.confidence)} interval
          </th>
          <th scope="col" className={`${heading} ${wide}`}>
            Lift
          </th>
          <th
            scope="col"
            className={`${heading} ${wide}`}
            title="For one look at the planned end, corrected for the number of comparisons"
          >
            p-value
          </th>
          <th scope="col" className={`${heading} ${wider}`}>
            Best with chance
          </th>
          <th
            scope="col"
            className={`${heading} ${wider} pr-0`}
            title="What choosing it costs on average, in percentage points"
          >
            Expected loss
          </th>
        </tr>
      </thead>
      <tbody>
        {variants.map((variant) => (
          <VariantRow
            key={variant.key}
            variant={variant}
            result={results.get(variant.key)}
            scale={scale}
            reference={reference}
            tone={toneOf(variant, data, goal)}
          />
        ))}
      </tbody>
      {scale !== undefined && (
        <tfoot aria-hidden>
          <tr className="border-t border-line">
            <td />
            <td className={wide} />
            <td className={wide} />
            <td />
            <td className="px-2 pt-1">
              <ScaleEnds drawn={drawn} show={rate} />
            </td>
            <td colSpan={2} className={wide} />
            <td colSpan={2} className={wider} />
          </tr>
        </tfoot>
      )}
    </table>
  );
}

const drawnOf = ({ rate: value, interval }: RateResult): Drawn | undefined =>
  value === null || interval === null ? undefined : { value, ...interval };

function toneOf({ key, isControl }: ShownVariant, { verdicts }: ExperimentData, goal: GoalChoice): Tone {
  if (isControl) return 'control';
  const said = verdicts.find((verdict) => isAbout(verdict, goal) && verdict.params.variant === key);
  return said?.tone === 'good' || said?.tone === 'bad' ? said.tone : 'open';
}

interface RowProps {
  readonly variant: ShownVariant;
  readonly result: RateResult | undefined;
  readonly scale: ReturnType<typeof scaleOf>;
  readonly reference: number | undefined;
  readonly tone: Tone;
}

function VariantRow({ variant, result, scale, reference, tone }: RowProps) {
  const drawn = result && drawnOf(result);
  const interval = drawn && `${rate(drawn.value)}, between ${rate(drawn.low)} and ${rate(drawn.high)}`;
  return (
    <tr className="border-b border-line last:border-0">
      <th
        scope="row"
        title={variant.name}
        className="max-w-0 min-w-28 py-2.5 pr-2 text-left align-top font-normal md:min-w-40"
      >
        <Given text={variant.name} isWhole className="line-clamp-3 font-medium" />
        <VariantNote variant={variant} />
        {result !== undefined && (
          <div className="text-[13px] text-faint md:hidden">
            {fullNumber(result.converted)} of {fullNumber(result.exposed)}
          </div>
        )}
      </th>
      <td className={`${number} ${wide}`}>{result === undefined ? '–' : fullNumber(result.exposed)}</td>
      <td className={`${number} ${wide}`}>{result === undefined ? '–' : fullNumber(result.converted)}</td>
      <td className={`${number} font-semibold`}>{result?.rate == null ? '–' : rate(result.rate)}</td>
      <td className="px-2 py-1.5 align-top">
        {drawn !== undefined && scale !== undefined && (
          <IntervalBar drawn={drawn} scale={scale} reference={reference} tone={tone} label={interval!} />
        )}
        <div className="tabular text-[13px] text-faint md:hidden">
          <Compared result={result} />
        </div>
      </td>
      <td className={`${number} ${wide}`}>
        <Compared result={result} />
      </td>
      <td className={`${number} ${wide}`}>
        <PValue result={result} />
      </td>
      <td className={`${number} ${wider}`}>
        {result?.chanceToBeBest == null ? '–' : chance(result.chanceToBeBest)}
      </td>
      <td className={`${number} ${wider} pr-0`}>
        {result?.expectedLoss == null ? '–' : points(result.expectedLoss).replace(/^\+/, '')}
      </td>
    </tr>
  );
}

function VariantNote({ variant: { key, name, isControl, isSetUp, isSeen } }: { variant: ShownVariant }) {
  const notes = [
    ...(isControl ? ['control'] : []),
    ...(name === key || (isControl && key === 'control') ? [] : [key]),
    ...(isSetUp ? [] : ['not in the set-up']),
    ...(isSeen ? [] : ['nobody saw it']),
  ];
  if (notes.length === 0) return null;
  return <Given text={notes.join(' · ')} className="text-[13px] text-faint" />;
}

/** The lift, or where there is none the difference, with its interval. */
function Compared({ result }: { result: RateResult | undefined }) {
  const comparison = result?.comparison;
  if (comparison == null) return <span className="hidden md:inline">–</span>;
  const { lift: value, liftInterval, difference, differenceInterval } = comparison;
  if (value !== null && liftInterval !== null)
    return (
      <>
        <div className="text-ink">{lift(value)}</div>
        <div className="text-[13px] text-faint">
          {lift(liftInterval.low)} to {lift(liftInterval.high)}
        </div>
      </>
    );
  return (
    <>
      <div className="text-ink">{points(difference)} points</div>
      {differenceInterval !== null && (
        <div className="text-[13px] text-faint">
          {points(differenceInterval.low)} to {points(differenceInterval.high)}
        </div>
      )}
    </>
  );
}

function PValue({ result }: { result: RateResult | undefined }) {
  const comparison = result?.comparison;
  if (comparison?.adjustedPValue == null) return <>–</>;
  const { pValue: alone, adjustedPValue } = comparison;
  return (
    <>
      <div>{pValue(adjustedPValue)}</div>
      {alone !== null && pValue(alone) !== pValue(adjustedPValue) && (
        <div className="text-[13px] text-faint">alone {pValue(alone)}</div>
      )}
    </>
  );
}
