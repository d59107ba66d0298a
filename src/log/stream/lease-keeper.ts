/**
 * The leases of one process: takes what is free up to its fair share, renews what it has, lets go of what is too much, and says so
 * when one is lost. Each round asks for the list of writers and looks at every lease.
 *
 *   free → held        a round finds it free, somebody here wants it, and the share is not reached
 *   held → leaving     the share shrank: `lost` aborts, and it is renewed on until its holder has released it
 *   held → gone        another has it, or it could not be renewed for as long as it counts: `lost` aborts
 *
 * A lease that is lost without notice is harmless: the next one has a greater token, which the store holds against this one.
 */
import type { Clock } from '../../clock.ts';
import type { MillraceError } from '../../errors.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { Lease } from '../log.ts';
import { fairShares } from './fair-shares.ts';
import type { Scripts } from './scripts.ts';
import type { LogKeys, PartitionKeys } from './stream-keys.ts';
import { listOf, type Reply, type StreamService, textOf } from './stream-service.ts';

export interface LeaseKeeperOptions {
  readonly service: StreamService;
  readonly scripts: Scripts;
  readonly keys: LogKeys;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Names this process among the writers; without blanks. */
  readonly owner: string;
  /** How long a lease counts without being renewed. */
  readonly leaseMs: number;
  /** Settles the epoch; see Lease.begin. */
  readonly begin: (lease: HeldLease, taken: number) => Promise<void>;
  /** Nothing is done by this lease any more. */
  readonly onReleased: (lease: HeldLease) => void;
}

/** Rounds in the time of a lease: some may fail. */
const roundsPerLease = 5;
/** Also how soon a wish is looked at. */
const roundMsMax = 1_000;

interface Wish {
  readonly partition: number;
  readonly resolve: (lease: Lease) => void;
  readonly reject: (reason: unknown) => void;
}

/** Of a lease: '' and 0 while it is free. */
interface Holder {
  readonly owner: string;
  readonly token: number;
}

export class HeldLease implements Lease {
  readonly token: number;
  readonly partition: number;
  readonly #keeper: LeaseKeeper;
  readonly #lost = new AbortController();
  /** When it was last renewed for certain, monotonic ms. */
  renewedAt: number;

  constructor(keeper: LeaseKeeper, partition: number, token: number, renewedAt: number) {
    this.#keeper = keeper;
    this.partition = partition;
    this.token = token;
    this.renewedAt = renewedAt;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  readonly lose = (): void => this.#lost.abort();
  readonly release = (): Promise<void> => this.#keeper.release(this);
  readonly begin = (taken: number): Promise<void> => this.#keeper.begin(this, taken);
}

export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #held = new Map<number, HeldLease>();
  readonly #wishes = new Set<Wish>();
  #wake = new AbortController();
  #running: Promise<void> | undefined;
  #round: Promise<void> | undefined;
  /** Whether it may stand in the list of writers. */
  #isMember = false;
  #ended: MillraceError | undefined;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /** Errors: the signal's reason; what `close` was given. */
  acquire(partition: number, signal: AbortSignal): Promise<Lease> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#wishes.delete(wish);
        signal.removeEventListener('abort', aborted);
      };
      const wish: Wish = {
        partition,
        resolve: (lease) => {
          done();
          resolve(lease);
        },
        reject: (reason) => {
          done();
          reject(reason);
        },
      };
      const aborted = () => wish.reject(signal.reason);
      signal.addEventListener('abort', aborted, { once: true });
      this.#wishes.add(wish);
      this.#wake.abort();
      this.#running ??= this.#run();
    });
  }

  async begin(lease: HeldLease, taken: number): Promise<void> {
    await this.#options.begin(lease, taken);
  }

  async release(lease: HeldLease): Promise<void> {
    this.#options.onReleased(lease);
    if (this.#held.get(lease.partition) !== lease) return;
    this.#held.delete(lease.partition);
    lease.lose();
    // whoever cannot say it lets it expire
    await this.#free(lease.partition, lease.token).catch(() => {});
  }

  /** The lease as it stands in Redis. */
  valueOf(lease: HeldLease): string {
    return this.#value(lease.token);
  }

  /** Gives everything back and leaves the list of writers. */
  async close(error: MillraceError): Promise<void> {
    this.#ended ??= error;
    for (const wish of [...this.#wishes]) wish.reject(error);
    this.#wake.abort();
    await this.#running;
    await this.#round;
    await Promise.all([...this.#held.values()].map((lease) => this.release(lease)));
    if (this.#isMember) await this.#join(0).catch(() => {});
  }

  /** A round now and then, while something is held or wished for. One that hangs must not keep leases from running out. */
  async #run(): Promise<void> {
    const { clock, leaseMs } = this.#options;
    const roundMs = Math.min(roundMsMax, leaseMs / roundsPerLease);
    while (this.#ended === undefined && this.#held.size + this.#wishes.size > 0) {
      this.#wake = new AbortController();
      this.#round ??= this.#tend()
        .catch(() => {})
        .finally(() => {
          this.#round = undefined;
        });
      const slept = new AbortController();
      await Promise.race([this.#round, clock.sleep(roundMs, slept.signal)]);
      slept.abort();
      this.#expire();
      if (this.#ended === undefined) await clock.sleep(roundMs, this.#wake.signal);
    }
    this.#running = undefined;
    if (this.#ended !== undefined) return;
    await this.#round;
    // its share is for those who write; whoever wishes again comes back
    if (this.#running === undefined) await this.#join(0).catch(() => {});
  }

  async #tend(): Promise<void> {
    const { keys, owner, leaseMs } = this.#options;
    const startedAt = this.#options.clock.monotonic();
    this.#isMember = true;
    const members = await this.#join(leaseMs);
    const holders = await Promise.all(keys.partitions.map((_, partition) => this.#tendOne(partition, false)));
    for (const [partition, { token }] of holders.entries()) this.#renewed(partition, token, startedAt);
    const names = holders.map((each) => each.owner);
    const share = fairShares(names, new Set([...members, owner])).get(owner)!;
    this.#shed(share);
    await this.#take(holders, share);
  }

  /** Whether what we hold is still ours. */
  #renewed(partition: number, token: number, at: number): void {
    const lease = this.#held.get(partition);
    if (lease === undefined) return;
    if (lease.token === token) lease.renewedAt = at;
    else this.#forget(lease);
  }

  #shed(share: number): void {
    const staying = [...this.#held.values()].filter(({ lost }) => !lost.aborted);
    for (const lease of staying.slice(share)) lease.lose();
  }

  async #take(holders: readonly Holder[], share: number): Promise<void> {
    const { clock, owner } = this.#options;
    for (const partition of this.#wanted()) {
      if (this.#ended !== undefined || this.#held.size >= share) return;
      const holder = holders[partition]!;
      if (this.#held.has(partition) || (holder.owner !== '' && holder.owner !== owner)) continue;
      // one that was given up here, and renewed all the same
      if (holder.owner === owner) await this.#free(partition, holder.token);
      const startedAt = clock.monotonic();
      const taken = await this.#tendOne(partition, true);
      if (taken.owner === owner) this.#grant(partition, taken.token, startedAt);
    }
  }

  #wanted(): readonly number[] {
    return [...new Set([...this.#wishes].map(({ partition }) => partition))];
  }

  #grant(partition: number, token: number, at: number): void {
    const lease = new HeldLease(this, partition, token, at);
    this.#held.set(partition, lease);
    const wish = [...this.#wishes].find((each) => each.partition === partition);
    if (wish !== undefined) wish.resolve(lease);
    else void this.release(lease);
  }

  #expire(): void {
    const { clock, leaseMs } = this.#options;
    for (const lease of this.#held.values()) {
      if (clock.monotonic() - lease.renewedAt >= leaseMs) this.#forget(lease);
    }
  }

  #forget(lease: HeldLease): void {
    this.#held.delete(lease.partition);
    if (lease.lost.aborted) return;
    lease.lose();
    const { partition } = lease;
    const message = `the lease of partition ${partition} is lost: it was not renewed in time, or another writer has it`;
    this.#options.telemetry.publish('note', { level: 'warn', message, fields: { partition } });
  }

  async #join(ms: number): Promise<readonly string[]> {
    const { service, scripts, keys, owner } = this.#options;
    return listOf(await service.run(scripts.join, [keys.writers], [owner, ms])).map(textOf);
  }

  async #free(partition: number, token: number): Promise<void> {
    const { service, scripts } = this.#options;
    await service.run(scripts.release, this.#keysOf(partition), [this.#value(token)]);
  }

  #value(token: number): string {
    return `${this.#options.owner} ${token}`;
  }

  async #tendOne(partition: number, take: boolean): Promise<Holder> {
    const { service, scripts, owner, leaseMs } = this.#options;
    const args = [owner, leaseMs, take ? 1 : 0];
    const [holder, token] = listOf(await service.run(scripts.tend, this.#keysOf(partition), args)) as Reply[];
    return { owner: textOf(holder), token: Number(textOf(token)) };
  }

  #keysOf(partition: number): readonly string[] {
    const { records, state, lease } = this.#options.keys.partitions[partition] as PartitionKeys;
    return [records, state, lease];
  }
}
