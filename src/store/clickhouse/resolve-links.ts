export { resolveLinks } from '../sql/resolve-links.ts';
