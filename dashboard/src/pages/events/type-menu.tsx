/** One type of events, out of those that there are, or all of them. */
import { useState } from 'react';
import type { SummaryData } from '../../../../src/query/wire.ts';
import { shortNumber } from '../../format/numbers.ts';
import { ChoiceMenu } from '../../ui/menu.tsx';
import { useSteadyAnswer } from '../lists/use-steady-answer.ts';

const typesMax = 50;

interface TypeMenuProps {
  readonly project: string;
  readonly plan: Readonly<Record<string, unknown>>;
  readonly type: string | undefined;
  readonly onChoose: (type: string | undefined) => void;
}

/** A type cannot be empty. */
const everyType = '';

export function TypeMenu({ project, plan, type, onChoose }: TypeMenuProps) {
  // nobody asks for types who does not come near the menu
  const [isWanted, setWanted] = useState(false);
  const by = { field: 'type', limit: typesMax };
  const question = { kind: 'summary', ...plan, metrics: ['events'], by };
  const { data } = useSteadyAnswer<SummaryData>(project, question, isWanted);
  const known = (data?.data.groups ?? []).flatMap(({ value, other, events }) =>
    other || value === null
      ? []
      : [{ value: String(value), label: String(value), hint: shortNumber(events) }],
  );
  const isKnown = type === undefined || known.some(({ value }) => value === type);
  const choices = [
    { value: everyType, label: 'All events' },
    ...(isKnown ? [] : [{ value: type, label: type }]),
    ...known,
  ];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the menu in it is what one acts on
    <span onPointerEnter={() => setWanted(true)} onFocus={() => setWanted(true)}>
      <ChoiceMenu
        label="Event"
        value={type ?? everyType}
        choices={choices}
        align="start"
        onChoose={(next) => onChoose(next === everyType ? undefined : next)}
      >
        <bdi className="max-w-40 truncate">{type ?? 'All events'}</bdi>
      </ChoiceMenu>
    </span>
  );
}
