/**
 * Where windows are made: on the server's own loop in short turns, or in a thread beside it. One `Maker` a partition, with
 * the calls of WindowMaker.
 */
import { setImmediate } from 'node:timers/promises';
import type { LogRecord } from '../log/log.ts';
import type { EventKey } from '../store/store.ts';
import type { PrepareTools } from './prepare.ts';
import { RowList } from './row-list.ts';
import type { Fates } from './window.ts';
import { type Decoded, WindowMaker } from './window-maker.ts';

export interface Maker {
  begin(from: number, key: Uint8Array, now: number): void;
  /** Calls may follow before this one has settled; they are answered in turn. Nothing of `records` is changed. */
  decode(records: readonly LogRecord[], from: number, to: number): Promise<Decoded>;
  take(given: Uint8Array<ArrayBuffer>): Promise<void>;
  unsure(): Promise<readonly EventKey[]>;
  finish(known: readonly boolean[]): Promise<Fates>;
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

/** Lets requests be answered after each call. */
class LocalMaker implements Maker {
  readonly #maker: WindowMaker;

  constructor(maker: WindowMaker) {
    this.#maker = maker;
  }

  begin(from: number, key: Uint8Array, now: number): void {
    this.#maker.begin(from, key, now);
  }

  async decode(records: readonly LogRecord[], from: number, to: number): Promise<Decoded> {
    const decoded = this.#maker.decode(records, from, to);
    await setImmediate();
    return decoded;
  }

  async take(given: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#maker.take(given);
    await setImmediate();
  }

  async unsure(): Promise<readonly EventKey[]> {
    return this.#maker.unsure();
  }

  async finish(known: readonly boolean[]): Promise<Fates> {
    return this.#maker.finish(known);
  }

  release(from: number): void {
    this.#maker.release(from);
  }
}
