/** `millrace/serverless`: what a route file imports. */
export { createMillrace } from '../system/serverless-system.ts';
export type { Millrace, QueueLook } from './serverless.ts';
