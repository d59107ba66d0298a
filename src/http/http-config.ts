/**
 * The settings of the HTTP server: where it listens, whom it believes about addresses, and its bounds.
 */
import {
  bytes,
  integer,
  list,
  milliseconds,
  type Setting,
  settingsGroup,
  text,
  type Values,
} from '../settings.ts';
import { parseTrustProxy, type TrustProxy, trustProxyRule } from './client-address.ts';

const trustProxy: Setting<TrustProxy> = {
  name: 'MILLRACE_TRUST_PROXY',
  type: 'false, number of hops, or list of addresses',
  doc: 'Whose `X-Forwarded-For` counts: `false` is nobody, `1` the one proxy in front, or addresses and networks such as `loopback, 10.0.0.0/8`. Wrong, it lets visitors choose their own address.',
  default: 'false',
  rule: trustProxyRule,
  secret: false,
  aliases: [],
  parse: parseTrustProxy,
};

export const httpSettings = settingsGroup('HTTP', {
  port: integer('PORT', { default: '3000', max: 65_535, doc: 'The port to listen on; 0 takes a free one.' }),
  host: text('MILLRACE_HOST', {
    default: '127.0.0.1',
    doc: 'The address to listen on. The default is reachable from this machine only; `0.0.0.0` is every network.',
  }),
  trustProxy,
  corsOrigins: list('MILLRACE_CORS_ORIGINS', {
    default: '',
    item: /^(\*|https?:\/\/[^\s/?#]+)$/,
    rule: 'must be origins such as https://app.example.com between commas, or *',
    doc: 'Pages of these origins may ask questions from the browser. Collecting is open to every page whose key allows it.',
  }),
  requestsPerMinutePerKey: integer('MILLRACE_RATE_LIMIT_PER_KEY', {
    min: 1,
    doc: 'Requests a minute that one key may make; the next is answered 429. Not set: no limit.',
  }),
  requestsPerMinutePerAddress: integer('MILLRACE_RATE_LIMIT_PER_ADDRESS', {
    min: 1,
    doc: 'Requests a minute that one address may make; the next is answered 429. Not set: no limit.',
  }),
  headersTimeoutMs: milliseconds('MILLRACE_HEADERS_TIMEOUT_MS', {
    default: '10000',
    min: 10,
    max: 600_000,
    doc: 'How long a client may take to send the headers of a request.',
  }),
  requestTimeoutMs: milliseconds('MILLRACE_REQUEST_TIMEOUT_MS', {
    default: '30000',
    min: 10,
    max: 600_000,
    doc: 'How long a client may take to send a whole request, headers and body.',
  }),
  keepAliveTimeoutMs: milliseconds('MILLRACE_KEEP_ALIVE_TIMEOUT_MS', {
    default: '75000',
    min: 0,
    max: 3_600_000,
    doc: 'How long an idle connection stays open. Longer than that of the proxy in front, or requests get lost between the two.',
  }),
  shutdownTimeoutMs: milliseconds('MILLRACE_SHUTDOWN_TIMEOUT_MS', {
    default: '10000',
    min: 0,
    max: 600_000,
    doc: 'How long requests in flight may take to end when the server goes down.',
  }),
  headerBytesMax: bytes('MILLRACE_HEADER_BYTES_MAX', {
    default: '16KiB',
    min: 1024,
    max: 1024 * 1024,
    doc: 'The most that the headers of one request may hold.',
  }),
  connectionsMax: integer('MILLRACE_CONNECTIONS_MAX', {
    default: '10000',
    min: 1,
    doc: 'The most connections open at the same time; further ones are closed at once.',
  }),
  bodiesInFlightBytesMax: bytes('MILLRACE_BODIES_IN_FLIGHT_BYTES', {
    default: '128MiB',
    min: 1024 * 1024,
    doc: 'The most that the bodies of all requests in flight may hold together; over it, collecting answers 503.',
  }),
  streamsMax: integer('MILLRACE_STREAMS_MAX', {
    default: '5000',
    min: 0,
    doc: 'The most streams of answers open at the same time; below `MILLRACE_CONNECTIONS_MAX`, or streams keep events out.',
  }),
  streamsPerKeyMax: integer('MILLRACE_STREAMS_PER_KEY_MAX', {
    default: '1000',
    min: 0,
    doc: 'The most streams that one key may have open.',
  }),
  streamIntervalMs: milliseconds('MILLRACE_STREAM_INTERVAL_MS', {
    default: '1s',
    min: 10,
    max: 3_600_000,
    doc: 'The shortest time between two evaluations of a question that is streamed; a question that takes long is asked less often.',
  }),
  queueWarningEvents: integer('MILLRACE_QUEUE_WARNING_EVENTS', {
    default: '1000',
    min: 1,
    doc: 'The queue route says `warning` when more events than this wait to be stored.',
  }),
});

export type HttpConfig = Values<typeof httpSettings>;
