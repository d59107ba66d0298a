import type { Row } from '../row.ts';

export const lagRow: Row = { name: 'lag', run: async () => [] };
