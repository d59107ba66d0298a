/**
 * Is everything as it should be? A list of checks over what is really there: the ledger against the rows, the log's every
 * byte, rollups against rows, lag, disk, clock, keys. Each gives one line, and one line of what to do. Changes nothing.
 */
import type { Catalog } from '../catalog/catalog.ts';
import { type Clock, millisecondsPerDay } from '../clock.ts';
import { isFailure } from '../errors.ts';
import type { Log } from '../log/log.ts';
import type { Store } from '../store/store.ts';
import type { Writer } from '../writer/writer.ts';
import type { OneAtATime } from './one-at-a-time.ts';

export type CheckStatus = 'ok' | 'warning' | 'failed';

export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  /** What was found. */
  readonly detail: string;
  /** What to do; '' when it is ok. */
  readonly advice: string;
}

export interface DoctorReport {
  /** The worst of the checks. */
  readonly status: CheckStatus;
  /** ISO 8601. */
  readonly checkedAt: string;
  readonly checks: readonly Check[];
}

/** What is found of one segment of the log; see log/disk/verify-log.ts. */
export interface SegmentFinding {
  readonly path: string;
  readonly bytes: number;
  readonly damage: readonly { readonly byte: number; readonly detail: string }[];
}

export interface DoctorOptions {
  readonly log: Pick<Log, 'ends' | 'partitions' | 'usage'>;
  readonly store: Pick<
    Store,
    'state' | 'progress' | 'corrections' | 'rowsBelow' | 'quarantined' | 'verifyRollups' | 'supports'
  >;
  /** Absent: no writer runs, so nothing can lag. */
  readonly writer?: Pick<Writer, 'status'>;
  readonly catalog: Pick<Catalog, 'keys' | 'projects'>;
  readonly verifyLog: () => AsyncIterable<SegmentFinding>;
  /** Of the disk that has the data. */
  readonly disk: () => Promise<{ readonly freeBytes: number; readonly bytes: number }>;
  /** What the log leaves free: below it, collecting stops. */
  readonly freeBytesMin: number;
  /** Keys of the environment, by setting: how long they are. */
  readonly keyLengths: Readonly<Record<string, number>>;
  /** What the settings say that a person should know. */
  readonly notes: readonly string[];
  readonly turns: OneAtATime;
  readonly clock: Clock;
}

const recentDays = 7;
const lagWarningMs = 10_000;
const lagFailedMs = 5 * 60_000;
const freeShareMin = 0.1;
const fullSoonMs = 7 * millisecondsPerDay;
const keyLengthMin = 24;
/** Nothing of this project was there before. */
const earliestClock = Date.UTC(2026, 0, 1);
const clockSlackMs = 60_000;

type Found = Omit<Check, 'name'>;
const ok = (detail: string): Found => ({ status: 'ok', detail, advice: '' });
const warning = (detail: string, advice: string): Found => ({ status: 'warning', detail, advice });
const failed = (detail: string, advice: string): Found => ({ status: 'failed', detail, advice });

export class Doctor {
  readonly #options: DoctorOptions;
  readonly #openedAt: { readonly now: number; readonly monotonic: number };

  constructor(options: DoctorOptions) {
    this.#options = options;
    this.#openedAt = { now: options.clock.now(), monotonic: options.clock.monotonic() };
  }

  /** Never rejects: a check that cannot be made has failed. */
  async examine(): Promise<DoctorReport> {
    const { clock, turns } = this.#options;
    const checks: Check[] = [];
    const check = async (name: string, look: () => Promise<Found> | Found) => {
      checks.push({ name, ...(await attempt(look)) });
    };
    await check('engine', () => this.#engine());
    // nothing may move between rows and quarantine while they are counted
    await turns.later('the doctor', async () => {
      await check('ledger', () => this.#ledger());
      await check('rows', () => this.#rows());
      await check('quarantine', () => this.#quarantine());
    });
    await check('log', () => this.#log());
    await check('lag', () => this.#lag());
    await check('rollups', () => this.#rollups());
    await check('disk', () => this.#disk());
    await check('clock', () => this.#clock());
    await check('keys', () => this.#keys());
    await check('settings', () => this.#settings());
    return { status: worst(checks), checkedAt: new Date(clock.now()).toISOString(), checks };
  }

  #engine(): Found {
    const { status, reason } = this.#options.store.state();
    switch (status) {
      case 'ready':
        return ok('the store answers');
      case 'repairing':
        return warning(
          'the store rebuilds rollups; answers come from the raw events',
          'wait; look again in a minute',
        );
      case 'starting':
        return warning('the store is starting', 'wait; look again in a minute');
      case 'down':
        return failed(
          `the store is down: ${reason}`,
          'read what the server printed; events are kept in the log',
        );
      default:
        return status satisfies never;
    }
  }

  async #ledger(): Promise<Found> {
    const { log, store } = this.#options;
    const sum = { accepted: 0, stored: 0, duplicates: 0, quarantined: 0, lost: 0, inFlight: 0 };
    for (let partition = 0; partition < log.partitions; partition++) {
      const progress = await store.progress(partition);
      const { next } = log.ends(partition);
      if (progress.next > next)
        return failed(
          `partition ${partition} of the log ends at ${next}, and the store has taken everything up to ${progress.next}`,
          'this log and this store do not belong together: restore both from one backup',
        );
      sum.accepted += next;
      sum.stored += progress.stored;
      sum.duplicates += progress.duplicates;
      sum.quarantined += progress.quarantined;
      sum.lost += progress.next - progress.stored - progress.duplicates - progress.quarantined;
      sum.inFlight += next - progress.next;
    }
    const { accepted, stored, duplicates, quarantined, lost, inFlight } = sum;
    const text = `${accepted} accepted = ${stored} stored + ${duplicates} duplicates + ${quarantined} quarantined + ${inFlight} in flight`;
    if (lost < 0) return failed(`${text}, which is ${-lost} too many`, 'report this: it is a defect');
    if (lost > 0)
      return failed(
        `${text} + ${lost} lost`,
        'the log was damaged; millrace verify-log says where. Check the disk',
      );
    return ok(text);
  }

  async #rows(): Promise<Found> {
    const { log, store } = this.#options;
    const sum = { rows: 0, wanted: 0, expired: 0, deleted: 0 };
    for (let partition = 0; partition < log.partitions; partition++) {
      const { next, stored } = await store.progress(partition);
      const { replayed, expired, deleted } = await store.corrections(partition);
      sum.rows += await store.rowsBelow(partition, next);
      sum.wanted += stored + replayed - expired - deleted;
      sum.expired += expired;
      sum.deleted += deleted;
    }
    const { rows, wanted, expired, deleted } = sum;
    const gone = `${expired} expired, ${deleted} deleted with their project`;
    if (rows === wanted) return ok(`${rows} rows in the store, as the ledger says (${gone})`);
    if (!store.supports.durable) return ok(`${rows} rows in a store that forgets when the process ends`);
    const advice =
      rows < wanted ? 'restore the newest backup beside this directory and compare' : 'report this';
    return failed(`${rows} rows in the store, and the ledger says ${wanted} (${gone})`, advice);
  }

  async #quarantine(): Promise<Found> {
    const { log, store } = this.#options;
    let wanted = 0;
    let inFlight = 0;
    for (let partition = 0; partition < log.partitions; partition++) {
      const { next, quarantined } = await store.progress(partition);
      const { replayed, duplicate, discarded } = await store.corrections(partition);
      wanted += quarantined - replayed - duplicate - discarded;
      inFlight += log.ends(partition).next - next;
    }
    const { total } = await store.quarantined({ limit: 1 });
    if (total < wanted || total > wanted + inFlight)
      return failed(
        `${total} events in quarantine, and the ledger says ${wanted}`,
        'report this: it is a defect',
      );
    if (total === 0) return ok('nothing in quarantine');
    return warning(
      `${total} events in quarantine`,
      'look: millrace dead-letters list; then replay or discard',
    );
  }

  async #log(): Promise<Found> {
    let bytes = 0;
    let segments = 0;
    const damaged: string[] = [];
    for await (const segment of this.#options.verifyLog()) {
      segments++;
      bytes += segment.bytes;
      for (const { byte } of segment.damage) damaged.push(`${segment.path} at byte ${byte}`);
    }
    if (damaged.length > 0)
      return failed(
        `${damaged.length} damaged places, the first in ${damaged[0]}`,
        'check the disk; millrace verify-log lists them, and what was not stored yet is lost',
      );
    return ok(`every record of ${segments} segments can be read (${sizeText(bytes)})`);
  }

  #lag(): Found {
    const { writer, log } = this.#options;
    if (writer === undefined) return ok('no server runs');
    const { lagMs, waiting, partitions } = writer.status();
    const stopped = partitions.find(({ mode }) => mode === 'failed');
    if (stopped !== undefined)
      return failed(
        `the writer of partition ${stopped.partition} has stopped: ${stopped.lastError?.message ?? 'no reason known'}`,
        'start the server again; what it printed says why it stopped',
      );
    const found = `${waiting} events wait, the oldest for ${(lagMs / 1000).toFixed(1)} s; the log holds ${sizeText(log.usage().bytes)}`;
    if (lagMs < lagWarningMs) return ok(found);
    const advice = 'events are safe; the store is slow, busy or down: see the check "engine" and the metrics';
    return lagMs < lagFailedMs ? warning(found, advice) : failed(found, advice);
  }

  async #rollups(): Promise<Found> {
    const now = this.#options.clock.now();
    const days = Array.from({ length: recentDays }, (_, ago) =>
      new Date(now - ago * millisecondsPerDay).toISOString().slice(0, 10),
    );
    const differences = await this.#options.store.verifyRollups(days);
    const [first] = differences;
    if (first === undefined) return ok(`rollups equal the rows on the last ${recentDays} days`);
    return failed(
      `rollups and rows differ on ${new Set(differences.map(({ day }) => day)).size} days, first ${first.day}`,
      'millrace maintain --rebuild-rollups makes them anew from the rows; nothing is lost',
    );
  }

  async #disk(): Promise<Found> {
    const { disk, freeBytesMin, store, log, writer } = this.#options;
    const { freeBytes, bytes } = await disk();
    const perSecond = await this.#bytesPerSecond();
    const room = Math.max(0, freeBytes - freeBytesMin);
    const leftMs = perSecond > 0 ? (room / perSecond) * 1000 : Number.POSITIVE_INFINITY;
    const rate = writer === undefined ? '' : `; ${untilText(leftMs)}`;
    const found = `${sizeText(freeBytes)} of ${sizeText(bytes)} free; the store has ${sizeText(store.state().bytes)}, the log ${sizeText(log.usage().bytes)}${rate}`;
    const advice = 'make room, set MILLRACE_RETENTION_DAYS, or move MILLRACE_DATA to a larger disk';
    if (room === 0) return failed(`${found}; collecting is refused below ${sizeText(freeBytesMin)}`, advice);
    if (freeBytes < bytes * freeShareMin || leftMs < fullSoonMs) return warning(found, advice);
    return ok(found);
  }

  /** What the store grows by: the bytes of an event so far, times the events of the last seconds. */
  async #bytesPerSecond(): Promise<number> {
    const { store, writer, log } = this.#options;
    if (writer === undefined) return 0;
    let rows = 0;
    for (let partition = 0; partition < log.partitions; partition++)
      rows += await store.rowsBelow(partition, Number.MAX_SAFE_INTEGER);
    return rows === 0 ? 0 : (store.state().bytes / rows) * writer.status().eventsPerSecond;
  }

  async #clock(): Promise<Found> {
    const { clock, catalog } = this.#options;
    const now = clock.now();
    const text = new Date(now).toISOString();
    const advice = 'set the clock of the machine and keep it by NTP; times of events depend on it';
    const made = [...(await catalog.projects()), ...(await catalog.keys())].map(({ createdAt }) => createdAt);
    const newest = Math.max(earliestClock, ...made);
    if (now < newest - clockSlackMs)
      return failed(
        `the clock says ${text}, and something was made at ${new Date(newest).toISOString()}`,
        advice,
      );
    const moved = now - this.#openedAt.now - (clock.monotonic() - this.#openedAt.monotonic);
    if (Math.abs(moved) > clockSlackMs)
      return warning(`the clock was moved by ${Math.round(moved / 1000)} s since the start`, advice);
    return ok(`it is ${text}`);
  }

  async #keys(): Promise<Found> {
    const { catalog, keyLengths } = this.#options;
    const short = Object.entries(keyLengths).filter(([, length]) => length < keyLengthMin);
    if (short.length > 0) {
      const names = short.map(([name, length]) => `${name} (${length} characters)`).join(', ');
      return warning(`short keys: ${names}`, `use ${keyLengthMin} or more random characters`);
    }
    const keys = (await catalog.keys()).filter(({ revokedAt }) => revokedAt === undefined);
    const admins = keys.filter(({ scope }) => scope === 'admin').length;
    if (admins === 0 && keyLengths.MILLRACE_ADMIN_KEY === undefined)
      return warning('there is no admin key', 'make one: millrace keys create admin');
    return ok(`${keys.length} keys, ${admins} of them admin`);
  }

  #settings(): Found {
    const { notes } = this.#options;
    if (notes.length === 0) return ok('nothing to say');
    return warning(notes.join('; '), 'see docs/config.md');
  }
}

async function attempt(look: () => Promise<Found> | Found): Promise<Found> {
  try {
    return await look();
  } catch (error) {
    const code = isFailure(error) ? ` (${error.code})` : '';
    const text = error instanceof Error ? error.message : String(error);
    return failed(
      `it cannot be looked at: ${text}${code}`,
      'see the check "engine" and what the server printed',
    );
  }
}

function worst(checks: readonly Check[]): CheckStatus {
  if (checks.some(({ status }) => status === 'failed')) return 'failed';
  return checks.some(({ status }) => status === 'warning') ? 'warning' : 'ok';
}

export function sizeText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

function untilText(leftMs: number): string {
  if (leftMs === Number.POSITIVE_INFINITY) return 'nothing comes in now';
  const days = leftMs / millisecondsPerDay;
  if (days > 3650) return 'at this rate not full for years';
  return days >= 2
    ? `at this rate full in ${Math.floor(days)} days`
    : `at this rate full in ${Math.floor(days * 24)} hours`;
}
