/** Filters by a value that stands beside it. */
import { ListFilter } from 'lucide-react';
import { fieldName } from '../../format/names.ts';

type Value = string | number | boolean;
export type OnlyWith = (field: string, value: Value) => void;

interface OnlyButtonProps {
  readonly field: string;
  readonly value: Value;
  readonly onOnly: OnlyWith;
}

/** Of a value, in its name. */
const namedLengthMax = 80;

export function OnlyButton({ field, value, onOnly }: OnlyButtonProps) {
  const name = fieldName(field);
  return (
    <button
      type="button"
      title="Only events with this"
      aria-label={`Only events where ${name} is ${String(value).slice(0, namedLengthMax)}`}
      onClick={() => onOnly(field, value)}
      className="grid size-6 shrink-0 place-items-center rounded text-faint opacity-60 [@media(hover:hover)]:opacity-0 [.group:hover_&]:opacity-100 hover:bg-sunken hover:text-ink [&:focus-visible]:opacity-100"
    >
      <ListFilter aria-hidden className="size-3.5" />
    </button>
  );
}
