/** How much one request may bring, and how it is cut up so that nobody else waits for it. */

/** A body before and after inflating. */
export const bodyBytesMax = 10 * 1024 * 1024;
export const requestEventsMax = 10_000;

/** A slice of a request is worked on without a pause; between slices other requests have their turn. */
export const sliceEventsMax = 200;
export const sliceBytesMax = 256 * 1024;

/** Events of one log record; a bigger request becomes several records. */
export const recordEventsMax = 1_000;
