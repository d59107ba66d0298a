/**
 * From places in a stream to offsets. A Redis that comes back may have forgotten its last writes, so each run of a server begins an
 * epoch: entries count from 0 in it, and its base, the offset of that 0, stays open until a writer says how far the store is. Then it
 * is put above both what the stream still has and what the store took: no offset is used twice, and nothing new is skipped.
 * Until then the epoch is taken to follow the one before it, which is so unless something was lost.
 */
export interface Epoch {
  /** Greater than any before; about the epoch ms of its begin. */
  readonly number: number;
  readonly base: number;
  /** Events in it; of the last one, until now. */
  readonly length: number;
}

export interface Place {
  readonly epoch: number;
  readonly index: number;
}

/** As the state has it; see scripts.ts. */
export interface EpochsText {
  readonly epoch: string;
  readonly base: string;
  readonly next: string;
  /** `EPOCH:BASE:LENGTH` of earlier ones, between blanks; BASE is empty while it is open. */
  readonly past: string;
}

export class Epochs {
  /** Oldest first, never empty. */
  readonly all: readonly Epoch[];
  /** Whether a writer has said where the last one begins. */
  readonly isSettled: boolean;

  constructor(text: EpochsText) {
    const all: Epoch[] = [];
    const add = (number: string, base: string, length: string) => {
      all.push({
        number: Number(number),
        base: base === '' ? endOf(all.at(-1)) : Number(base),
        length: Number(length),
      });
    };
    for (const each of text.past.split(' ')) {
      if (each !== '') add(...(each.split(':') as [string, string, string]));
    }
    add(text.epoch, text.base, text.next);
    this.all = all;
    this.isSettled = text.base !== '';
  }

  get last(): Epoch {
    return this.all.at(-1)!;
  }

  get next(): number {
    return endOf(this.last);
  }

  /** Undefined when it is in an epoch that is not known here. */
  offsetOf({ epoch, index }: Place): number | undefined {
    const found = this.all.find(({ number }) => number === epoch);
    return found === undefined ? undefined : found.base + index;
  }

  /** Of an offset below `next`; where the next epoch begins when it lies between two. */
  placeOf(offset: number): Place {
    const found = this.all.find((epoch) => offset < endOf(epoch)) ?? this.last;
    return { epoch: found.number, index: Math.max(0, offset - found.base) };
  }
}

function endOf(epoch: Epoch | undefined): number {
  return epoch === undefined ? 0 : epoch.base + epoch.length;
}
