export { linkTypes } from '../sql/link-types.ts';
