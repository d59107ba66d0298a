/** What this process knows of one partition: the last look at its state, never an older one. Offsets are made of it. */
import type { LogEnds } from '../log.ts';
import { Epochs, type Place } from './epochs.ts';
import { partsMax } from './stream-record.ts';
import { listOf, type Reply, textOf } from './stream-service.ts';

/** The fields of the state that `look` in scripts.ts gives, in its order. */
export const lookFields = ['epoch', 'base', 'next', 'past', 'first', 'bytes', 'gone'] as const;

export class Look {
  readonly epochs: Epochs;
  /** The oldest record; undefined while nothing was trimmed. */
  readonly first: Place | undefined;
  /** Payload bytes that are in the stream. */
  readonly bytes: number;
  readonly gone: number;

  private constructor([epoch, base, next, past, first, bytes, gone]: readonly string[]) {
    this.epochs = new Epochs({ epoch: epoch!, base: base!, next: next!, past: past! });
    const [number, index] = first!.split(':');
    this.first = index === undefined ? undefined : { epoch: Number(number), index: Number(index) };
    this.gone = Number(gone);
    this.bytes = Number(bytes) - this.gone;
  }

  /** Undefined when there is no state: the log was never opened here, or is gone. */
  static of(reply: Reply | undefined): Look | undefined {
    const fields = listOf(reply).map(textOf);
    return fields.length < lookFields.length || fields[0] === '' ? undefined : new Look(fields);
  }

  ends(): LogEnds {
    const { epochs, first } = this;
    const from = first && epochs.offsetOf(first);
    return { first: from ?? epochs.all[0]!.base, next: epochs.next };
  }

  isOlderThan(other: Look): boolean {
    const [mine, theirs] = [this.#age(), other.#age()];
    const at = mine.findIndex((each, place) => each !== theirs[place]);
    return at >= 0 && mine[at]! < theirs[at]!;
  }

  /** Grows with everything that can happen to a partition. */
  #age(): readonly number[] {
    const { last, isSettled } = this.epochs;
    return [last.number, Number(isSettled), last.length, this.gone];
  }
}

export class PartitionView {
  #look: Look;
  /** Hears of an epoch that begins after the one that a lease was settled with. */
  #settled: { readonly epoch: number; readonly onEnd: () => void } | undefined;

  constructor(look: Look) {
    this.#look = look;
  }

  get look(): Look {
    return this.#look;
  }

  ends(): LogEnds {
    return this.#look.ends();
  }

  /** A look that is older than the last one changes nothing. */
  update(look: Look | undefined): void {
    if (look === undefined || look.isOlderThan(this.#look)) return;
    this.#look = look;
    const settled = this.#settled;
    if (settled !== undefined && settled.epoch !== look.epochs.last.number) settled.onEnd();
  }

  /** Until `unsettle` nothing of a later epoch may be read; `onEnd` is called, once or more, when one begins. */
  settle(onEnd: () => void): void {
    this.#settled = { epoch: this.#look.epochs.last.number, onEnd };
  }

  unsettle(onEnd: () => void): void {
    if (this.#settled?.onEnd === onEnd) this.#settled = undefined;
  }

  /** The newest epoch that may be read. */
  get readable(): number {
    return this.#settled?.epoch ?? Number.POSITIVE_INFINITY;
  }

  /** The offset behind the last event that may be read; 0 when the server has forgotten all of them. */
  readableEnd(): number {
    const last = this.#look.epochs.all.findLast(({ number }) => number <= this.readable);
    return last === undefined ? 0 : last.base + last.length;
  }

  /** The id that the next entry will be above. */
  get lastId(): string {
    const { number, length } = this.#look.epochs.last;
    return length === 0 ? `${number - 1}-18446744073709551615` : `${number}-${length * partsMax - 1}`;
  }
}
