/** What is public, name by name. The contract suites are `millrace/testing`; the command line is `millrace`. */
export type { Cache } from './cache/cache.ts';
export type { Catalog, Key, Project, Scope } from './catalog/catalog.ts';
export { type Clock, systemClock } from './clock.ts';
export { type Config, loadConfig } from './config.ts';
export { type ErrorCode, isFailure, MillraceError } from './errors.ts';
export type { Event, EventBatch, JsonObject, JsonValue, Source } from './event/event.ts';
export type { EventRow } from './event/event-row.ts';
export type { Log, LogEnds, LogRecord, LogUsage, ReadLimits } from './log/log.ts';
export type { Bots, By, Filter, Interval, Metric, Plan, SummaryPlan, TrendPlan } from './plan/plan.ts';
export type { Answer, SummaryData, TrendData } from './query/wire.ts';
export type {
  Batch,
  Budget,
  Progress,
  Question,
  Rows,
  Store,
  StoreState,
  StoreSupports,
} from './store/store.ts';
export { openSystem, type System } from './system.ts';
export type { Signals } from './telemetry/signals.ts';
export { Telemetry } from './telemetry/telemetry.ts';
