/** Settings of the embedded engine's process. */
import { bytes, integer, milliseconds, settingsGroup, text, type Values } from '../../settings.ts';

export const embeddedSettings = settingsGroup('Embedded engine', {
  questionLanes: integer('MILLRACE_ENGINE_LANES', {
    doc: 'Questions that the engine works on at the same time; more wait in a queue.',
    default: '4',
    min: 1,
    max: 64,
  }),
  questionQueueMax: integer('MILLRACE_ENGINE_QUEUE', {
    doc: 'Questions that may wait for the engine; beyond it they are refused at once.',
    default: '200',
    min: 0,
    max: 10_000,
  }),
  memoryMax: bytes('MILLRACE_ENGINE_MEMORY', {
    doc: 'Resident memory of the engine’s process, about 220 MiB of which is its mapped library; above it the engine is restarted.',
    default: '1536MiB',
    min: 512 * 1024 * 1024,
  }),
  insertBytesMax: bytes('MILLRACE_ENGINE_INSERT_BYTES', {
    doc: 'The largest batch that the engine takes, encoded.',
    default: '256MiB',
    min: 1024 * 1024,
  }),
  answerBytesMax: bytes('MILLRACE_ENGINE_ANSWER_BYTES', {
    doc: 'The largest answer to one question that the engine holds in memory.',
    default: '64MiB',
    min: 1024 * 1024,
  }),
  startMsMax: milliseconds('MILLRACE_ENGINE_START_TIMEOUT', {
    doc: 'How long the engine may take to open its data before it is started anew.',
    default: '2m',
    min: 1000,
  }),
  closeMsMax: milliseconds('MILLRACE_ENGINE_CLOSE_TIMEOUT', {
    doc: 'How long the engine may take to finish what it has begun when the server goes down.',
    default: '5s',
    min: 0,
  }),
  temporaryDirectory: text('MILLRACE_ENGINE_TMP', {
    doc: 'Where the engine’s socket and the batches on their way into it live; the path must be short. Unset: the system’s directory for temporary files.',
  }),
});

export type EmbeddedSettings = Values<typeof embeddedSettings>;
