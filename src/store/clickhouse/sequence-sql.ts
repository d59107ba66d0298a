/**
 * Sequences as SELECTs: one row a sequence, its events as an array of integers (event-words.ts). In slices, each with some of the persons or
 * sessions, so that the engine's memory is bounded whatever a question is about.
 */
import type { Filter } from '../../plan/plan.ts';
import type { SequenceQuestion, WalkShape } from '../sequences.ts';
import { indent, select } from '../sql/select.ts';
import type { ClickHouseCompiler } from './clickhouse-compiler.ts';
import { codeOfEvent, type EventLayout, layoutOf, packedEvent } from './event-words.ts';
import { keyOfValue } from './group-literal.ts';
import { place } from './position-sql.ts';

/** Those whose key has this remainder. */
export interface Slice {
  readonly of: number;
  readonly remainder: number;
}

export class SequenceSql {
  readonly #compiler: ClickHouseCompiler;
  readonly #question: SequenceQuestion;
  readonly layout: EventLayout;

  constructor(compiler: ClickHouseCompiler, question: SequenceQuestion) {
    this.#compiler = compiler;
    this.#question = question;
    this.layout = layoutOf(question);
  }

  /** A person's events. */
  ofPersons(slice: Slice): string {
    return this.#grouped({
      key: 'person',
      person: 'person',
      where: [...this.#asked(), ...this.#shown(), 'user_key <> 0', ...sliced(this.#compiler.person, slice)],
      having: '',
    });
  }

  /** Events that name their session. */
  ofNamedSessions(slice: Slice): string {
    return this.#grouped({
      key: 'session_id',
      // of the first event
      person: 'argMin(person, event)',
      where: [
        ...this.#asked(),
        ...this.#shown(),
        "session_id <> ''",
        ...sliced('cityHash64(session_id)', slice),
      ],
      having: '',
    });
  }

  /** All events of a person that name no session, from which theirs are to be cut. */
  ofUnnamedSessions(slice: Slice): string {
    const { filter: _, sample: __, ...whole } = this.#question.scope;
    const shown = [...this.#compiler.asked(this.#question.scope), ...this.#shown()];
    return this.#grouped({
      key: 'person',
      person: 'person',
      where: [
        ...this.#compiler.inScope(whole),
        "session_id = ''",
        'user_key <> 0',
        ...sliced(this.#compiler.person, slice),
      ],
      having: 'HAVING max(is_shown) = 1',
      isShown: shown.length === 0 ? 'true' : shown.map((one) => `(${one})`).join(' AND '),
    });
  }

  /** Persons, or named sessions, as the values that they go through: see WalkBlock. */
  walks(per: 'user' | 'named session', shape: WalkShape, slice: Slice): string {
    const ofPersons = per === 'user';
    const key = ofPersons ? 'person' : 'session_id';
    const where = ofPersons
      ? ['user_key <> 0', ...sliced(this.#compiler.person, slice)]
      : ["session_id <> ''", ...sliced('cityHash64(session_id)', slice)];
    const rows = this.#rows(key, [...this.#asked(), ...this.#shown(), ...where]);
    const each = select([`${this.#walk(shape)} AS walk`, 'count() AS n'], `(\n${indent(rows)}\n)`, [], [key]);
    const equal = select(
      ['walk', 'count()', 'sum(n)'],
      `(\n${indent(each)}\n)`,
      ['notEmpty(walk)'],
      ['walk'],
    );
    return `${this.#compiler.constants()}${equal}`;
  }

  /** The codes of the grouped events in their order, repeats in a row as one. */
  #walk({ isBackward, anchor, lengthMax }: WalkShape): string {
    const values = this.#question.field!.values.length;
    const code = `${values < 256 ? 'toUInt8' : 'toUInt32'}(${codeOfEvent('one', this.layout)})`;
    const forward = `arrayMap(one -> ${code}, arraySort(groupArray(event)))`;
    const codes = isBackward ? `arrayReverse(${forward})` : forward;
    // the place of what is not there is 0, from which a slice has nothing
    const begun = anchor === undefined ? codes : `arraySlice(${codes} AS codes, indexOf(codes, ${anchor}))`;
    return `arraySlice(arrayCompact(${begun}), 1, ${lengthMax})`;
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

  #grouped({ key, person, where, having, isShown }: Grouped): string {
    const rows = this.#rows(key, where, isShown);
    const outer = select([person, 'groupArray(event)'], `(\n${indent(rows)}\n)`, [], [key]);
    return `${this.#compiler.constants()}${outer}${having === '' ? '' : `\n${having}`}`;
  }

  #rows(key: Grouped['key'], where: readonly string[], isShown?: string): string {
    const { tags, field } = this.#question;
    const event = packedEvent(this.layout, {
      place,
      tags: bitsOf(tags, this.#compiler),
      code: field === undefined ? '0' : this.#code(field),
      isShown: isShown === undefined ? '1' : 'is_shown',
    });
    return select(
      [
        `${this.#compiler.person} AS person`,
        ...(key === 'person' ? [] : [key]),
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
  readonly key: 'person' | 'session_id';
  readonly person: string;
  readonly where: readonly string[];
  readonly having: string;
  readonly isShown?: string;
}

function bitsOf(tags: readonly Filter[], compiler: ClickHouseCompiler): string {
  if (tags.length === 0) return '0';
  const bits = tags.map((tag, i) => `toUInt64(${compiler.filter(tag)}) * ${2 ** i}`);
  return bits.join(' + ');
}

const sliced = (key: string, { of, remainder }: Slice): readonly string[] =>
  of === 1 ? [] : [`${key} % ${of} = ${remainder}`];
