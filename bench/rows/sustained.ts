import type { Row } from '../row.ts';

export const sustainedRow: Row = { name: 'sustained', run: async () => [] };
