/**
 * Can events be taken, can questions be answered, and if not, which part is why? Anybody may ask, so reasons are
 * sentences made here: no path, address or message of a driver gets out.
 */
import type { Catalog } from '../catalog/catalog.ts';
import type { Log } from '../log/log.ts';
import type { Store, StoreState } from '../store/store.ts';
import type { Writer } from '../writer/writer.ts';

export interface ReadinessOptions {
  readonly roles: ReadonlySet<'collect' | 'write' | 'query'>;
  /** A part that is not there is not of this process. */
  readonly log?: Pick<Log, 'failed' | 'usage' | 'state'> | undefined;
  readonly writer?: Pick<Writer, 'status'> | undefined;
  readonly store?: Pick<Store, 'state'> | undefined;
  readonly catalog: Pick<Catalog, 'version'>;
}

export type PartStatus = 'ready' | 'starting' | 'degraded' | 'down';

export interface PartState {
  readonly status: PartStatus;
  readonly reason?: string;
}

export interface ReadinessReport {
  readonly status: 'ready' | 'degraded' | 'down';
  /** Events are taken. Goes on while the store is down: they wait in the log. */
  readonly collecting: boolean;
  /** Questions are answered from the store. */
  readonly answering: boolean;
  readonly parts: Readonly<Partial<Record<'log' | 'writer' | 'store', PartState>>> & {
    readonly catalog: PartState;
  };
}

const catalogTimeoutMs = 1_000;

export class Readiness {
  readonly #options: ReadinessOptions;
  #logFailed = false;

  constructor(options: ReadinessOptions) {
    this.#options = options;
    options.log?.failed.then(() => {
      this.#logFailed = true;
    });
  }

  async report(): Promise<ReadinessReport> {
    const { roles, store: asked, writer: ours } = this.#options;
    const log = this.#log();
    const store = asked && storePart(asked.state());
    const writer = ours && roles.has('write') ? this.#writer(ours, store!) : undefined;
    const catalog = await this.#catalog();
    const collecting = roles.has('collect') && log?.status === 'ready';
    const answering = roles.has('query') && (store?.status === 'ready' || store?.status === 'degraded');
    const duties = [
      ...(roles.has('collect') ? [collecting] : []),
      ...(roles.has('query') ? [answering] : []),
      ...(roles.size === 1 && writer ? [writer.status !== 'down'] : []),
    ];
    return {
      status: duties.every(Boolean) ? 'ready' : duties.some(Boolean) ? 'degraded' : 'down',
      collecting,
      answering,
      parts: { ...(log && { log }), ...(writer && { writer }), ...(store && { store }), catalog },
    };
  }

  #log(): PartState | undefined {
    if (this.#options.log === undefined) return undefined;
    if (this.#logFailed) return { status: 'down', reason: 'the log failed and the process must start again' };
    const { status, reason } = this.#options.log.state();
    if (status === 'down') return { status, reason: `${reason}; events are refused until that is over` };
    const { bytes, bytesMax } = this.#options.log.usage();
    if (bytesMax > 0 && bytes >= bytesMax)
      return { status: 'down', reason: 'the log is full; events are taken again when some are stored' };
    return { status: 'ready' };
  }

  #writer(writer: Pick<Writer, 'status'>, store: PartState): PartState {
    const { partitions } = writer.status();
    if (partitions.some((each) => each.mode === 'failed'))
      return { status: 'down', reason: 'the writer has stopped; events wait in the log' };
    if (partitions.some((each) => each.mode === 'stopped'))
      return { status: 'down', reason: 'the writer is going down; events wait in the log' };
    if (store.status === 'down' || store.status === 'starting')
      return { status: 'degraded', reason: 'the writer waits for the store' };
    if (partitions.some((each) => each.mode === 'backing-off' || each.mode === 'reconciling'))
      return {
        status: 'degraded',
        reason: 'the writer is recovering from a failed insert; events wait in the log',
      };
    if (partitions.some((each) => each.mode === 'starting' || each.mode === 'recovering'))
      return { status: 'starting', reason: 'the writer is reading its progress; events wait in the log' };
    return { status: 'ready' };
  }

  /** Keys are checked from memory, so a catalog that does not answer stops neither collecting nor asking. */
  async #catalog(): Promise<PartState> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error('late')), catalogTimeoutMs);
    try {
      await Promise.race([this.#options.catalog.version(), late.promise]);
      return { status: 'ready' };
    } catch {
      return {
        status: 'degraded',
        reason: 'the catalog cannot be read; keys are checked against the last copy',
      };
    } finally {
      clearTimeout(timer);
    }
  }
}

function storePart(state: StoreState): PartState {
  switch (state.status) {
    case 'ready':
      return { status: 'ready' };
    case 'repairing':
      return { status: 'degraded', reason: 'rollups are being rebuilt; answers come from the raw events' };
    case 'starting':
      return { status: 'starting', reason: 'the store is starting; events are kept in the log' };
    case 'down':
      return { status: 'down', reason: 'the store is down; events are kept in the log' };
    default:
      return state.status satisfies never;
  }
}
