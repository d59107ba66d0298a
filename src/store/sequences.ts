/**
 * Sequences of events as columns: what funnels and paths are folded from, in the same way for every store. A store gives
 * whole sequences, some at a time; typed arrays, because millions of events pass through one question.
 */
import type { Per } from '../plan/analysis.ts';
import type { FieldName, Filter, Scope } from '../plan/plan.ts';

export interface SequenceQuestion {
  readonly scope: Scope;
  /** At most `tagsMax` of plan/analysis.ts. */
  readonly tags: readonly Filter[];
  /** Leaves out events that match no tag. */
  readonly taggedOnly: boolean;
  readonly per: Per;
  /** Asks for each event's value of a field, as its place in `values`. */
  readonly field?: {
    readonly name: FieldName;
    readonly values: readonly (string | number | boolean | null)[];
  };
}

export interface SequenceBlock {
  /** The person of each sequence; 0 for a session of nobody. */
  readonly keys: BigUint64Array;
  /** Where each sequence ends in the columns below. */
  readonly ends: Uint32Array;
  /** Epoch ms, ascending within a sequence; ties are in the order of arrival. */
  readonly times: Float64Array;
  /** Bit i: the event matches tag i of the question. */
  readonly tags: Uint32Array;
  /** The event's value of the field: its place in the question's values from 1, 0 for any other (`null` is one of the values). */
  readonly codes?: Uint32Array;
}

/** What is asked of sequences whose values of a field are to be folded where they are stored. */
export interface WalkShape {
  /** From the last event to the first. */
  readonly isBackward: boolean;
  /** Begins at the first event with this code; sequences without one are left out. Absent: at the first event. */
  readonly anchor?: number;
  /** Events after so many changes of the code are left out. */
  readonly lengthMax: number;
}

/** Sequences as the codes they go through, one after the other, repeats in a row as one; equal ones may stand together. */
export interface WalkBlock {
  readonly walks: Uint8Array | Uint32Array;
  /** Where each walk ends in `walks`. */
  readonly ends: Uint32Array;
  /** How many sequences go so. */
  readonly counts: BigUint64Array;
  /** Of all of these together, before they were folded. */
  readonly events: number;
}
