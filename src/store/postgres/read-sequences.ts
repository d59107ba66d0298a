/** Sequences out of the rows of `sequenceSelect`, some thousand events at a time. */
import type { Connection } from '../../postgres/postgres-pool.ts';
import type { SequenceBlock, SequenceQuestion } from '../sequences.ts';
import { cutAtGaps } from '../sql/cut-at-gaps.ts';
import { copiedRows, type RowBytes, type RowLayout, readInstant, rowLayout } from './copied-rows.ts';
import type { PostgresCompiler } from './postgres-compiler.ts';
import { SequenceBuilder } from './sequence-builder.ts';
import { type SequenceKind, sequenceSelect, sequenceWidths } from './sequence-sql.ts';

/** Events of a block, about: a sequence is never cut. */
const blockEventsMax = 32_768;

/** `compilerOf` makes a compiler for one statement. Errors: those of the driver. */
export async function* readSequences(
  connection: Connection,
  question: SequenceQuestion,
  compilerOf: () => PostgresCompiler,
): AsyncGenerator<SequenceBlock> {
  const kinds: readonly SequenceKind[] = question.per === 'user' ? ['persons'] : ['named', 'unnamed'];
  for (const kind of kinds) {
    const reader = new Reader(question, kind);
    const sql = sequenceSelect(compilerOf(), question, kind);
    for await (const rows of copiedRows(connection, sql, reader.layout)) {
      reader.add(rows);
      if (reader.builder.whole >= blockEventsMax) yield* reader.blocks();
    }
    reader.builder.end();
    yield* reader.blocks();
  }
}

class Reader {
  readonly layout: RowLayout;
  readonly builder = new SequenceBuilder();
  readonly #kind: SequenceKind;
  readonly #hasCodes: boolean;
  /** The person of the row before, as two words: rows of nobody may begin a named session, but no other sequence. */
  #high = 0;
  #low = 0;

  constructor(question: SequenceQuestion, kind: SequenceKind) {
    this.layout = rowLayout(sequenceWidths(question));
    this.#kind = kind;
    this.#hasCodes = question.field !== undefined;
  }

  add({ view, rows }: RowBytes): void {
    const { rowBytes, columns } = this.layout;
    const [key, time, bits, flagged, coded] = columns as [number, number, number, number, number];
    const byName = this.#kind === 'named';
    for (let i = 0, row = 0; i < rows; i++, row += rowBytes) {
      const flag = view.getUint32(row + flagged);
      const high = view.getUint32(row + key);
      const low = view.getUint32(row + key + 4);
      const begins = byName ? flag === 1 : high !== this.#high || low !== this.#low;
      if (begins) this.builder.begin(view.getBigUint64(row + key));
      this.#high = high;
      this.#low = low;
      const code = this.#hasCodes ? view.getUint32(row + coded) : 0;
      this.builder.add(readInstant(view, row + time), view.getUint32(row + bits), code, flag);
    }
  }

  *blocks(): Generator<SequenceBlock> {
    const { block, flags } = this.builder.take();
    const { codes: _, ...uncoded } = block;
    const asked = this.#hasCodes ? block : uncoded;
    const shown = this.#kind === 'unnamed' ? cutAtGaps(asked, flags) : asked;
    if (shown.times.length > 0) yield shown;
  }
}
