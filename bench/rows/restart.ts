import type { Row } from '../row.ts';

export const restartRow: Row = { name: 'restart', run: async () => [] };
