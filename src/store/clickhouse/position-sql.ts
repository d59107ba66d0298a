/** Where an event stands among all others (plan/position.ts), as one integer: comparing it is far cheaper than a tuple. */

/** Times from 1830 on as numbers above 0, so that their order is that of unsigned integers. */
const timeBase = 2 ** 42;

/** The place in the log, as an SQL expression: a UInt64. Offsets are below 2^48. */
export const place = 'toUInt64(_partition) * 281474976710656 + _offset';

/** A UInt128. */
export const position = `bitShiftLeft(toUInt128(toUInt64(toUnixTimestamp64Milli(timestamp) + ${timeBase})), 64) + ${place}`;
