/** Version 2: projects with links between ids have a version of their links, which says that they must be looked at. */
import { linkTypes } from '../../sql/link-types.ts';
import { changedDays, noPartition } from '../rollups.ts';
import { linksDay } from '../version.ts';

const types = [...linkTypes].map((type) => `'${type}'`).join(', ');

export const linksKnown: string = changedDays(
  noPartition,
  `SELECT DISTINCT project, ${linksDay} AS day FROM rollup_counts WHERE type IN (${types})`,
);
