/**
 * Where windows are made: on the server's own loop in short turns, or in a thread beside it. One `Maker` a partition, with
 * the calls of WindowMaker.
 */
import { setImmediate } from 'node:timers/promises';
import type { LogRecord } from '../log/log.ts';
import type { PrepareTools } from './prepare.ts';
import { RowList } from './row-list.ts';
import { sliceSteps } from './slices.ts';
import type { Fates } from './window.ts';
import { type Beginning, type Confirmed, type Decoded, WindowMaker } from './window-maker.ts';

export interface Maker {
  begin(beginning: Beginning): void;
  /**
   * Resolves with about the bytes that the window's packed rows take so far. More may be fed before; nothing of `records` is
   * changed.
   */
  feed(records: readonly LogRecord[], from: number, to: number): Promise<number>;
  decoded(): Promise<Decoded>;
  confirm(hits: readonly number[]): Promise<Confirmed>;
  finish(copies: readonly number[]): Promise<Fates>;
  release(from: number): void;
}

export interface Makers {
  of(partition: number): Maker;
  close(): Promise<void>;
}

/** On the server's own loop: for stores that take rows as they are. */
export class LocalMakers implements Makers {
  readonly #tools: PrepareTools;

  constructor(tools: PrepareTools) {
    this.#tools = tools;
  }

  of(partition: number): Maker {
    return new LocalMaker(new WindowMaker({ partition, tools: this.#tools, openPack: () => new RowList() }));
  }

  async close(): Promise<void> {}
}

/** Lets requests be answered after so many events. */
class LocalMaker implements Maker {
  readonly #maker: WindowMaker;

  constructor(maker: WindowMaker) {
    this.#maker = maker;
  }

  begin(beginning: Beginning): void {
    this.#maker.begin(beginning);
  }

  async feed(records: readonly LogRecord[], from: number, to: number): Promise<number> {
    let events = 0;
    let bytes = 0;
    for (const record of records) {
      bytes = this.#maker.feed([record], from, to);
      events += record.count;
      if (events < sliceSteps) continue;
      events = 0;
      await setImmediate();
    }
    return bytes;
  }

  async decoded(): Promise<Decoded> {
    return this.#maker.decoded();
  }

  async confirm(hits: readonly number[]): Promise<Confirmed> {
    return this.#maker.confirm(hits);
  }

  async finish(copies: readonly number[]): Promise<Fates> {
    return this.#maker.finish(copies);
  }

  release(from: number): void {
    this.#maker.release(from);
  }
}
