/** How many people, and how many days, an experiment takes before it can show what is worth seeing; or what can be seen in the days there are. */
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { requestJson } from '../../api/client.ts';
import { Modal } from '../../ui/dialog.tsx';
import { Field, inputBox } from '../../ui/field.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { about, days as daysText, lift as liftText } from './words.ts';

interface PlannedSize {
  readonly lift: number;
  readonly unitsPerVariant: number;
  readonly units: number;
  readonly days: number | null;
}

/** As typed; shares in percent. */
interface SizeForm {
  readonly goal: 'lift' | 'days';
  readonly rate: string;
  readonly lift: string;
  readonly days: string;
  readonly perDay: string;
  readonly variants: string;
  readonly confidence: string;
  readonly power: string;
}

export interface SizeStart {
  /** From 0 to 1. */
  readonly rate?: number | undefined;
  readonly perDay?: number | undefined;
  readonly variants?: number | undefined;
}

interface SampleSizeProps {
  readonly project: string;
  readonly start?: SizeStart;
}

export function SampleSizeDialog({
  open,
  onClose,
  ...props
}: SampleSizeProps & { open: boolean; onClose: () => void }) {
  return (
    <Modal title="Sample size" open={open} onClose={onClose}>
      <SampleSize {...props} />
    </Modal>
  );
}

const inPercent = (share: number | undefined, otherwise: string) =>
  share === undefined ? otherwise : String(Number((share * 100).toPrecision(3)));

const startForm = ({ rate, perDay, variants = 2 }: SizeStart): SizeForm => ({
  goal: 'lift',
  rate: inPercent(rate, '10'),
  lift: '5',
  days: '14',
  perDay: perDay === undefined ? '1000' : String(Math.max(1, Math.round(perDay))),
  variants: String(Math.max(2, variants)),
  confidence: '0.95',
  power: '0.8',
});

const share = (percent: string) =>
  percent.trim() === '' ? '' : String(Number((Number(percent) / 100).toPrecision(12)));

function parametersOf(form: SizeForm): string {
  const { goal, rate, lift, days, perDay, variants, confidence, power } = form;
  return new URLSearchParams({
    rate: share(rate),
    ...(goal === 'lift' ? { lift: share(lift) } : { days }),
    ...(perDay.trim() !== '' && { perDay }),
    ...{ variants, confidence, power },
  }).toString();
}

function SampleSize({ project, start = {} }: SampleSizeProps) {
  const [form, setForm] = useState(() => startForm(start));
  const change = (next: Partial<SizeForm>) => setForm({ ...form, ...next });
  const number = (name: 'rate' | 'lift' | 'days' | 'perDay' | 'variants') => ({
    type: 'number',
    step: 'any',
    value: form[name],
    onChange: ({ target }: { target: HTMLInputElement }) => change({ [name]: target.value }),
    className: inputBox,
  });
  return (
    <div className="grid gap-4">
      <fieldset className="flex gap-4">
        <legend className="sr-only">What to find out</legend>
        {(['lift', 'days'] as const).map((goal) => (
          <label key={goal} className="flex cursor-pointer items-center gap-2">
            <input type="radio" name="goal" checked={form.goal === goal} onChange={() => change({ goal })} />
            {goal === 'lift' ? 'How long it takes' : 'What can be seen in some days'}
          </label>
        ))}
      </fieldset>
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <Field label="Rate of now, in percent" hint="How many of a hundred convert today">
          <input {...number('rate')} min={0} max={100} />
        </Field>
        {form.goal === 'lift' ? (
          <Field label="Smallest change, in percent" hint="Worth seeing; 5 makes 10 % into 10.5 %">
            <input {...number('lift')} />
          </Field>
        ) : (
          <Field label="Days" hint="That you can wait">
            <input {...number('days')} min={1} />
          </Field>
        )}
        <Field label="People a day" hint="Who would see it, all variants together">
          <input {...number('perDay')} min={1} />
        </Field>
        <Field label="Variants" hint="With the control">
          <input {...number('variants')} step={1} min={2} max={50} />
        </Field>
        <Field label="Confidence" hint="How sure a difference must be">
          <select
            value={form.confidence}
            onChange={({ target }) => change({ confidence: target.value })}
            className={inputBox}
          >
            <option value="0.9">90 %</option>
            <option value="0.95">95 %</option>
            <option value="0.99">99 %</option>
          </select>
        </Field>
        <Field label="Power" hint="The chance to see it when it is there">
          <select
            value={form.power}
            onChange={({ target }) => change({ power: target.value })}
            className={inputBox}
          >
            <option value="0.8">80 %</option>
            <option value="0.9">90 %</option>
            <option value="0.95">95 %</option>
          </select>
        </Field>
      </div>
      <Size project={project} form={form} />
    </div>
  );
}

function Size({ project, form }: { project: string; form: SizeForm }) {
  const parameters = useDeferredValue(parametersOf(form));
  const { data, error, isError } = useQuery({
    queryKey: ['sample-size', project, parameters],
    queryFn: async ({ signal }) =>
      (
        await requestJson<{ data: PlannedSize }>(`/api/v1/analytics/sample-size?${parameters}`, {
          project,
          signal,
        })
      ).data,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });
  if (isError)
    return (
      <p role="alert" className="min-h-20 rounded-lg bg-bad-soft p-3 text-bad">
        {error.message}
      </p>
    );
  if (data === undefined) return <Skeleton className="h-20" />;
  const { lift, unitsPerVariant, units, days } = data;
  return (
    <div role="status" className="min-h-20 rounded-lg bg-sunken p-3">
      <p className="text-xl font-semibold">
        {form.goal === 'days'
          ? `A change of ${liftText(lift)}`
          : days === null
            ? `About ${about(units)} people`
            : daysText(days)}
      </p>
      <p className="text-soft">
        {form.goal === 'days'
          ? `That, or a larger one, is seen with about ${about(unitsPerVariant)} people in each variant, ${about(units)} in all.`
          : `About ${about(unitsPerVariant)} people in each variant, ${about(units)} in all. Write the number down, and read the result when it is reached.`}
      </p>
    </div>
  );
}
