/** UUIDv7 (RFC 9562, 5.7): the time in milliseconds, then 74 random bits, so that ids of one moment sort near each other. */
import { randomFillSync } from 'node:crypto';

const idBytes = 16;
/** Asking for random bytes costs more than the bytes. */
const poolBytes = 256 * idBytes;
const pool = Buffer.alloc(poolBytes);
let used = poolBytes;

/** `now`: epoch milliseconds. */
export function makeUuidV7(now: number): string {
  if (used === poolBytes) {
    randomFillSync(pool);
    used = 0;
  }
  const id = pool.subarray(used, used + idBytes);
  used += idBytes;
  id.writeUIntBE(now, 0, 6);
  id[6] = (id[6]! & 0x0f) | 0x70;
  id[8] = (id[8]! & 0x3f) | 0x80;
  const hex = id.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
