/**
 * Questions that people keep looking at. All who watch the same question share one evaluation of it: it is asked again when the
 * project's data changed or when the question itself means something else by now (`today` at midnight), at a pace, and more slowly
 * when it is slow. Who watches is told when the answer is another one than before.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { failure, isFailure } from '../errors.ts';
import type { Asker } from './asker.ts';
import { Gate } from './gate.ts';
import type { Query } from './query.ts';
import type { Answer } from './wire.ts';

export interface WatchingParts {
  readonly questions: Pick<Query, 'ask' | 'meaning' | 'version'>;
  readonly clock: Clock;
  /** The shortest time between two evaluations of a question. */
  readonly intervalMs: number;
}

export interface Watched {
  readonly project: string;
  /** Absent: what it costs is bounded by the settings alone, and whoever watches the same shares it. */
  readonly asker?: Asker;
  /** Equal questions have equal keys, and so have the bodies that are made of their answers. */
  readonly key: string;
  readonly plan: (now: number) => unknown;
  readonly body: (answer: Answer) => unknown;
}

/** The same object for all who watch the same question. */
export interface Update {
  /** Equal for equal answers, in every process and after a restart. */
  readonly id: string;
  /** The body as JSON. */
  readonly json: string;
}

export interface Watcher {
  onUpdate(update: Update): void;
  /** `ends`: the question cannot be asked any more; nothing follows. Else what is wrong may pass, and is said once. */
  onProblem(error: unknown, ends: boolean): void;
}

/** Questions that are watched at the same time. */
export const watchedMax = 1_000;
/** Evaluations at the same time: those who ask by hand go first. */
const evaluationsMax = 2;
/** A question may keep the store busy for so much of the time: it rests this many times as long as it took. */
const restPerCost = 10;
const restMsMax = 60_000;
const idLength = 22;

export class Watching {
  readonly #parts: WatchingParts;
  readonly #gate = new Gate(evaluationsMax, watchedMax);
  readonly #watches = new Map<string, Watch>();
  readonly #versions = new Map<string, { readonly at: number; readonly version: Promise<string> }>();
  #evaluations = 0;

  constructor(parts: WatchingParts) {
    this.#parts = parts;
  }

  /** How often a question was asked for all who watch it. */
  get evaluations(): number {
    return this.#evaluations;
  }

  get watches(): number {
    return this.#watches.size;
  }

  /** Resolves with the answer now, and tells of later ones until `signal` aborts. Errors: those of asking, questions_overloaded. */
  async join(watched: Watched, watcher: Watcher, signal: AbortSignal): Promise<Update> {
    const key = JSON.stringify([watched.project, watched.asker ?? null, watched.key]);
    let watch = this.#watches.get(key);
    if (watch === undefined) {
      if (this.#watches.size >= watchedMax) throw failure('questions_overloaded', { waitingMax: watchedMax });
      watch = new Watch(this.#stageOf(watched), () => this.#watches.delete(key));
      this.#watches.set(key, watch);
    }
    return watch.join(watcher, signal);
  }

  /** The answer as an update, once. */
  async once({ project, asker, plan, body }: Watched, signal: AbortSignal): Promise<Update> {
    const { questions, clock } = this.#parts;
    const asked = { project, signal, ...(asker && { asker }) };
    return updateOf(await questions.ask(plan(clock.now()), asked), body);
  }

  #stageOf(watched: Watched): WatchStage {
    const { questions, clock, intervalMs } = this.#parts;
    const { project, asker, plan, body } = watched;
    const lane = { id: project, insideMax: evaluationsMax, waitingMax: watchedMax };
    return {
      clock,
      intervalMs,
      meaning: () => questions.meaning(plan(clock.now()), { project }),
      version: () => this.#versionOf(project),
      ask: (signal) =>
        this.#gate.through(
          async () => {
            this.#evaluations++;
            const asked = { project, signal, ...(asker && { asker }) };
            const answer = await questions.ask(plan(clock.now()), asked);
            return { update: updateOf(answer, body), asOf: Date.parse(answer.meta.asOf) };
          },
          signal,
          lane,
        ),
    };
  }

  /** One look for all questions of a project, as often as a question may be asked. */
  async #versionOf(project: string): Promise<string> {
    const { questions, clock, intervalMs } = this.#parts;
    const now = clock.monotonic();
    const seen = this.#versions.get(project);
    if (seen !== undefined && now - seen.at < intervalMs / 2) return seen.version;
    const version = questions.version(project);
    if (this.#versions.size >= watchedMax) this.#versions.clear();
    this.#versions.set(project, { at: now, version });
    return version;
  }
}

interface WatchStage {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly meaning: () => Promise<string>;
  readonly version: () => Promise<string>;
  readonly ask: (signal: AbortSignal) => Promise<{ readonly update: Update; readonly asOf: number }>;
}

/** One question and all who watch it. It begins with the first and ends with the last of them. */
class Watch {
  readonly #stage: WatchStage;
  readonly #onEnd: () => void;
  readonly #watchers = new Set<Watcher>();
  readonly #stop = new AbortController();
  readonly #first = Promise.withResolvers<Update>();
  #latest: Update | undefined;
  /** Of the data and the question that `latest` answers; undefined: it may be older than the data. */
  #seen: string | undefined;
  #isTroubled = false;

  constructor(stage: WatchStage, onEnd: () => void) {
    this.#stage = stage;
    this.#onEnd = onEnd;
    this.#first.promise.catch(() => {}); // each who joined sees it
    void this.#run();
  }

  async join(watcher: Watcher, signal: AbortSignal): Promise<Update> {
    this.#watchers.add(watcher);
    const gone = Promise.withResolvers<never>();
    const leave = () => {
      this.#leave(watcher);
      gone.reject(failure('question_cancelled', {}));
    };
    gone.promise.catch(() => {});
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    return this.#latest ?? Promise.race([this.#first.promise, gone.promise]);
  }

  #leave(watcher: Watcher): void {
    if (!this.#watchers.delete(watcher) || this.#watchers.size > 0) return;
    this.#end();
  }

  #end(): void {
    this.#onEnd();
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    const { clock, intervalMs } = this.#stage;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const startedAt = clock.monotonic();
      try {
        await this.#look(signal);
        this.#isTroubled = false;
      } catch (error) {
        if (signal.aborted) return;
        this.#tell(error);
      }
      const restMs = Math.min(restMsMax, restPerCost * (clock.monotonic() - startedAt));
      await clock.sleep(Math.max(intervalMs, restMs), signal);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { clock, meaning, version, ask } = this.#stage;
    const lookedAt = clock.now();
    // a store that is away may have an answer from before
    const state = await Promise.all([meaning(), version().catch(() => undefined)]);
    const seen = state[1] === undefined ? undefined : state.join(' ');
    if (seen !== undefined && seen === this.#seen && !this.#isTroubled) return;
    const { update, asOf } = await ask(signal);
    // an answer that was kept for being young may lack what came since: the next look asks again
    this.#seen = asOf >= lookedAt ? seen : undefined;
    if (update.id === this.#latest?.id && !this.#isTroubled) return;
    const isFirst = this.#latest === undefined;
    this.#latest = update;
    if (isFirst) this.#first.resolve(update);
    else for (const watcher of this.#watchers) watcher.onUpdate(update);
  }

  /** Before there is an answer the error is that of joining. */
  #tell(error: unknown): void {
    const mayPass = isFailure(error) && error.retryable;
    if (this.#latest === undefined) {
      this.#first.reject(error);
      this.#end();
      return;
    }
    if (mayPass && this.#isTroubled) return;
    this.#isTroubled = true;
    for (const watcher of [...this.#watchers]) watcher.onProblem(error, !mayPass);
    if (!mayPass) this.#end();
  }
}

function updateOf(answer: Answer, body: (answer: Answer) => unknown): Update {
  const { approximate, stale } = answer.meta;
  const id = createHash('sha256')
    .update(JSON.stringify([answer.data, approximate, stale]))
    .digest('base64url')
    .slice(0, idLength);
  return { id, json: JSON.stringify(body(answer)) };
}
