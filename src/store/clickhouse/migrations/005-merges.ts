/**
 * Version 7: events are merged some thirty parts at once. A merge costs 5 CPU-seconds a million rows, twice an insert, so what
 * counts is how often a row is merged. The engine lowers this base between 10 and 50 parts of a partition: 64 comes to thirty
 * parts of like size, 16 to fourteen. Rollups keep the 16 of the engine's configuration: each of their parts has a sketch to merge.
 */
import type { Migration } from '../migrate.ts';

export const merges: Migration = {
  version: 7,
  statements: ['ALTER TABLE events MODIFY SETTING merge_selector_base = 64'],
};
