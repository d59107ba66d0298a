/** Whoever asks as the query stage knows them: by the key, with the limits that it has. */
import type { Asker } from '../query/asker.ts';
import type { Grant } from './key-ring.ts';

export const askerOf = ({ keyId: id, limits }: Grant): Asker => ({ id, ...(limits && { limits }) });
