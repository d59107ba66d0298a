/** What is public of the client in Node: sending events, and the API as in browsers. */
export {
  type AnswerOf,
  type ApiOptions,
  type CallOptions,
  type DataOf,
  type Given,
  MillraceApi,
  MillraceApiError,
  type MillraceSchema,
} from '../api/index.ts';
export {
  type ClientOptions,
  type ClientTotals,
  type LostEvent,
  MillraceClient,
  type RefusedEvent,
} from './client.ts';
export { type ClientErrorCode, MillraceClientError } from './errors.ts';
export type { EventInput, JsonInput } from './event.ts';
