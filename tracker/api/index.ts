/** What is public of the API's client. */
export {
  type AnswerOf,
  type ApiOptions,
  type CallOptions,
  type DataOf,
  type Given,
  MillraceApi,
} from './client.ts';
export { MillraceApiError } from './errors.ts';
export type * as MillraceSchema from './schema.ts';
