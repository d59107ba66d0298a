import type { Row } from '../row.ts';

export const questionsRow: Row = { name: 'questions', run: async () => [] };
