/** The variants of an experiment: the key that events name each by, what people call it, its share, and which one is the control. */
import { Plus, X } from 'lucide-react';
import { useId } from 'react';
import { Button } from '../../ui/button.tsx';
import { inputBox } from '../../ui/field.tsx';
import { variantsMax } from './experiment.ts';
import { type Form, newVariant, type VariantForm } from './form.ts';
import { chance } from './words.ts';

interface VariantsProps {
  readonly form: Form;
  readonly onChange: (next: Partial<Form>) => void;
  readonly mistake: string | undefined;
}

const columns =
  'grid grid-cols-[auto_minmax(0,1fr)_minmax(0,1fr)_4rem_2rem] items-center gap-2 sm:grid-cols-[auto_minmax(0,1fr)_minmax(0,1fr)_4rem_4rem_2rem]';

export function Variants({ form: { variants, control }, onChange, mistake }: VariantsProps) {
  const title = useId();
  const change = (id: string, next: Partial<VariantForm>) =>
    onChange({ variants: variants.map((each) => (each.id === id ? { ...each, ...next } : each)) });
  const all = variants.reduce((sum, { weight }) => sum + (Number(weight) || 0), 0);
  return (
    <fieldset aria-labelledby={title} className="grid gap-2">
      <div>
        <span id={title} className="text-[13px] font-medium text-soft">
          Variants
        </span>
        <p className="text-[13px] text-faint">
          The others are compared with the control, the one that is marked. Weights are the shares that you
          deal out: a broken split is found by them.
        </p>
      </div>
      <div aria-hidden className={`${columns} text-[13px] text-faint`}>
        <span className="size-4" />
        <span>Key</span>
        <span>Name</span>
        <span>Weight</span>
        <span className="hidden sm:block">Share</span>
        <span />
      </div>
      {variants.map(({ id, key, name, weight }, index) => {
        const called = key === '' ? `variant ${index + 1}` : key;
        return (
          <div key={id} className={columns}>
            <input
              type="radio"
              name={`${title}-control`}
              aria-label={`${called} is the control`}
              title="The control"
              checked={id === control}
              onChange={() => onChange({ control: id })}
              className="size-4 accent-accent"
            />
            <input
              aria-label={`Key of variant ${index + 1}`}
              value={key}
              spellCheck={false}
              placeholder={index === 0 ? 'control' : 'short'}
              onChange={({ target }) => change(id, { key: target.value })}
              className={`${inputBox} font-mono`}
            />
            <input
              aria-label={`Name of ${called}`}
              value={name}
              placeholder="As the key"
              onChange={({ target }) => change(id, { name: target.value })}
              className={inputBox}
            />
            <input
              type="number"
              min={0}
              step="any"
              aria-label={`Weight of ${called}`}
              value={weight}
              onChange={({ target }) => change(id, { weight: target.value })}
              className={inputBox}
            />
            <span className="tabular hidden text-[13px] text-faint sm:block">
              {Number(weight) > 0 && all > 0 ? chance(Number(weight) / all) : '–'}
            </span>
            <button
              type="button"
              aria-label={`Take ${called} away`}
              disabled={variants.length <= 2}
              onClick={() => onChange({ variants: variants.filter((each) => each.id !== id) })}
              className="rounded-md p-2 text-faint hover:bg-sunken hover:text-ink disabled:opacity-40"
            >
              <X aria-hidden className="size-4" />
            </button>
          </div>
        );
      })}
      {mistake !== undefined && (
        <p role="alert" className="text-[13px] text-bad">
          {mistake}
        </p>
      )}
      {variants.length < variantsMax && (
        <div>
          <Button small onClick={() => onChange({ variants: [...variants, newVariant()] })}>
            <Plus aria-hidden className="size-4" />
            Another variant
          </Button>
        </div>
      )}
    </fieldset>
  );
}
