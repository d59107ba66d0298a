/** What is public of the Node client. */
export {
  type ClientOptions,
  type ClientTotals,
  type LostEvent,
  MillraceClient,
  type RefusedEvent,
} from './client.ts';
export { type ClientErrorCode, MillraceClientError } from './errors.ts';
export type { EventInput, JsonInput } from './event.ts';
