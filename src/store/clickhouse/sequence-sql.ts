/**
 * Sequences as SELECTs: one row a sequence, its events as an array of integers (event-words.ts). In slices, each with some of the persons or
 * sessions, so that the engine's memory is bounded whatever a question is about.
 */
import type { Filter } from '../../plan/plan.ts';
import type { SequenceQuestion, WalkShape } from '../sequences.ts';
import { aliased, indent, select } from '../sql/select.ts';
import { type ClickHouseCompiler, namedSessionKey, type Slice } from './clickhouse-compiler.ts';
import {
  codeOfEvent,
  type EventLayout,
  isUnsure,
  layoutOf,
  packedEvent,
  shortLayoutOf,
} from './event-words.ts';
import { keyOfValue } from './group-literal.ts';
import { place } from './position-sql.ts';

export interface SequenceSlice extends Slice {
  /** Of these only those with such a key: their events are wanted with their places. */
  readonly keys?: BigUint64Array;
}

export class SequenceSql {
  readonly #compiler: ClickHouseCompiler;
  readonly #question: SequenceQuestion;
  readonly layout: EventLayout;
  /** Undefined: all are asked for with places at once. */
  readonly short: EventLayout | undefined;

  constructor(compiler: ClickHouseCompiler, question: SequenceQuestion) {
    this.#compiler = compiler;
    this.#question = question;
    this.layout = layoutOf(question);
    this.short = shortLayoutOf(question);
  }

  /** A person's events. */
  ofPersons(slice: SequenceSlice): string {
    return this.#grouped({
      key: 'person',
      person: 'person',
      layout: this.#layoutIn(slice),
      where: [...this.#asked(), ...this.#shown(), 'user_key <> 0', ...sliced(this.#compiler.person, slice)],
      having: '',
    });
  }

  /** Events that name their session, always with their places: the person of a session is that of its first event. */
  ofNamedSessions(slice: SequenceSlice): string {
    return this.#grouped({
      key: 'session',
      person: 'argMin(person, event)',
      layout: this.layout,
      where: [...this.#asked(), ...this.#shown(), "session_id <> ''", ...sliced(namedSessionKey, slice)],
      having: '',
    });
  }

  /** How many events `ofUnnamedSessions` is about. */
  unnamedCount(): string {
    return select(['count()'], 'events', this.#unnamed(), []);
  }

  /** All events of a person that name no session, from which theirs are to be cut. */
  ofUnnamedSessions(slice: SequenceSlice): string {
    const shown = [...this.#compiler.asked(this.#question.scope), ...this.#shown()];
    return this.#grouped({
      key: 'person',
      person: 'person',
      layout: this.layout,
      where: [...this.#unnamed(), ...sliced(this.#compiler.person, slice)],
      having: 'HAVING max(is_shown) = 1',
      isShown: shown.length === 0 ? 'true' : shown.map((one) => `(${one})`).join(' AND '),
    });
  }

  /** Persons, or named sessions, as the values that they go through: see WalkBlock. Without places also the keys of those that are not sure. */
  walks(per: 'user' | 'named session', shape: WalkShape, slice: SequenceSlice): string {
    const ofPersons = per === 'user';
    const key = ofPersons ? 'person' : 'session';
    const where = ofPersons
      ? ['user_key <> 0', ...sliced(this.#compiler.person, slice)]
      : ["session_id <> ''", ...sliced(namedSessionKey, slice)];
    const layout = this.#layoutIn(slice);
    const rows = this.#rows(key, layout, [...this.#asked(), ...this.#shown(), ...where]);
    const isShort = layout === this.short;
    const unsure = isShort ? [aliased(key, 'own'), aliased(isUnsure('events', layout), 'is_unsure')] : [];
    const each = select(
      [
        'arraySort(groupArray(event)) AS events',
        `${this.#walk(shape, layout)} AS walk`,
        'length(events) AS n',
        ...unsure,
      ],
      nested(rows),
      [],
      [key],
    );
    const walks = select(
      isShort ? ['if(is_unsure, [], walk) AS steps', 'n', 'is_unsure', 'own'] : ['walk AS steps', 'n'],
      nested(each),
      ['notEmpty(walk)'],
      [],
    );
    const equal = select(
      ['steps', 'count()', 'sum(n)', ...(isShort ? ['groupArrayIf(own, is_unsure)'] : [])],
      nested(walks),
      [],
      ['steps'],
    );
    return `${this.#compiler.constants()}${equal}`;
  }

  /** The codes of the sorted events, repeats in a row as one. */
  #walk({ isBackward, anchor, lengthMax }: WalkShape, layout: EventLayout): string {
    const values = this.#question.field!.values.length;
    const code = `${values < 256 ? 'toUInt8' : 'toUInt32'}(${codeOfEvent('one', layout)})`;
    const forward = `arrayMap(one -> ${code}, events)`;
    const codes = isBackward ? `arrayReverse(${forward})` : forward;
    // the place of what is not there is 0, from which a slice has nothing
    const begun = anchor === undefined ? codes : `arraySlice(${codes} AS codes, indexOf(codes, ${anchor}))`;
    return `arraySlice(arrayCompact(${begun}), 1, ${lengthMax})`;
  }

  #layoutIn({ keys }: SequenceSlice): EventLayout {
    return keys === undefined ? (this.short ?? this.layout) : this.layout;
  }

  #unnamed(): readonly string[] {
    const { filter: _, sample: __, ...whole } = this.#question.scope;
    return [...this.#compiler.inScope(whole), "session_id = ''", 'user_key <> 0'];
  }

  #asked(): readonly string[] {
    return this.#compiler.inScope(this.#question.scope);
  }

  /** Which of the events asked for are told. */
  #shown(): readonly string[] {
    const { tags, taggedOnly } = this.#question;
    if (!taggedOnly) return [];
    return [
      tags.length === 0 ? 'false' : `(${tags.map((tag) => `(${this.#compiler.filter(tag)})`).join(' OR ')})`,
    ];
  }

  #grouped({ key, person, layout, where, having, isShown }: Grouped): string {
    const rows = this.#rows(key, layout, where, isShown);
    const outer = select([person, 'groupArray(event)'], nested(rows), [], [key]);
    return `${this.#compiler.constants()}${outer}${having === '' ? '' : `\n${having}`}`;
  }

  #rows(key: Grouped['key'], layout: EventLayout, where: readonly string[], isShown?: string): string {
    const { tags, taggedOnly, field } = this.#question;
    const event = packedEvent(layout, {
      place,
      // whatever is told has the only tag
      tags: taggedOnly && tags.length === 1 && isShown === undefined ? '1' : bitsOf(tags, this.#compiler),
      code: field === undefined ? '0' : this.#code(field),
      isShown: isShown === undefined ? '1' : 'is_shown',
    });
    return select(
      [
        `${this.#compiler.person} AS person`,
        ...(key === 'person' ? [] : [aliased(namedSessionKey, key)]),
        ...(isShown === undefined ? [] : [`toUInt8(${isShown}) AS is_shown`]),
        `${event} AS event`,
      ],
      'events',
      where,
      [],
    );
  }

  /** The place of the event's value among those asked for, from 1; 0: another. */
  #code({ name, values }: NonNullable<SequenceQuestion['field']>): string {
    const places = new Map<string, number>();
    for (const [i, value] of values.entries()) {
      const key = keyOfValue(name, value);
      if (key !== undefined && !places.has(key)) places.set(key, i + 1);
    }
    if (places.size === 0) return 'toUInt32(0)';
    const keys = [...places.keys()].map((key) => this.#compiler.text(key)).join(', ');
    const codes = [...places.values()].join(', ');
    return `transform(CAST(${this.#compiler.keyOf(name)}, 'String'), [${keys}], CAST([${codes}], 'Array(UInt32)'), toUInt32(0))`;
  }
}

interface Grouped {
  readonly key: 'person' | 'session';
  readonly person: string;
  readonly layout: EventLayout;
  readonly where: readonly string[];
  readonly having: string;
  readonly isShown?: string;
}

function bitsOf(tags: readonly Filter[], compiler: ClickHouseCompiler): string {
  if (tags.length === 0) return '0';
  const bits = tags.map((tag, i) => `toUInt64(${compiler.filter(tag)}) * ${2 ** i}`);
  return bits.join(' + ');
}

const sliced = (key: string, { of, remainder, keys }: SequenceSlice): readonly string[] => [
  ...(of === 1 ? [] : [`${key} % ${of} = ${remainder}`]),
  ...(keys === undefined ? [] : [`${key} IN (${keys.join(', ')})`]),
];

const nested = (sql: string): string => `(\n${indent(sql)}\n)`;
