/**
 * Getting data out in files: all events that are asked for, as a stream that never grows in memory, and the form in which a
 * question's answer is wanted (`Accept`). The first bytes are made before the status is sent, so that what cannot be asked
 * is an error like any other; what breaks later breaks the connection, and the asker goes on after the last whole line.
 */
import { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { answerSheet } from '../export/answer-sheet.ts';
import { eventSheet } from '../export/event-sheet.ts';
import { contentTypes, type Format } from '../export/sheet.ts';
import { writeSheet } from '../export/write-sheet.ts';
import { exportParameters, exportRequest } from '../query/export-shortcut.ts';
import type { Query } from '../query/query.ts';
import type { Answer } from '../query/wire.ts';
import type { Call, Route, RouteAnswer } from './route.ts';

export type ExportStage = Pick<Query, 'export'>;

export function exportRoutes(stage: ExportStage, clock: Pick<Clock, 'now'>): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/export',
      scope: 'read',
      parameters: exportParameters,
      streams: true,
      handle: (call) => exportEvents(stage, call, clock.now()),
    },
  ];
}

async function exportEvents(
  stage: ExportStage,
  { grant, query, signal }: Call,
  now: number,
): Promise<RouteAnswer> {
  const { scope, format, after } = exportRequest(query, grant!.project, now);
  const sheet = eventSheet(stage.export(scope, after, signal));
  const bytes = writeSheet(sheet, format, { header: after === undefined });
  return {
    headers: {
      'content-type': contentTypes[format],
      'content-disposition': `attachment; filename="events.${format}"`,
    },
    body: await startedStream(bytes),
  };
}

/** The answer in the form that the asker prefers; undefined: JSON. */
export function sheetAnswer(
  answer: Answer,
  accept: string | undefined,
  field?: string,
): (RouteAnswer & { readonly format: Format }) | undefined {
  const format = formatOf(accept);
  if (format === undefined) return undefined;
  const bytes = writeSheet(answerSheet(answer.data, field), format);
  return { format, headers: { 'content-type': contentTypes[format] }, body: Readable.from(bytes, binary) };
}

/** The first type of the list that we know; anything else is JSON. Weights (`;q=`) are not compared. */
function formatOf(accept = ''): Format | undefined {
  const wanted = accept.split(',').map((one) => one.split(';', 1)[0]!.trim().toLowerCase());
  for (const type of wanted) {
    if (type === 'application/json' || type === '*/*') return undefined;
    const found = (Object.keys(contentTypes) as Format[]).find(
      (format) => contentTypes[format].split(';', 1)[0] === type,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

const binary = { objectMode: false } as const;

/** Errors: those of the first bytes. */
async function startedStream(bytes: AsyncGenerator<Buffer>): Promise<Readable> {
  const first = await bytes.next();
  return Readable.from(continued(first, bytes), binary);
}

async function* continued(
  first: IteratorResult<Buffer>,
  rest: AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  try {
    if (first.done) return;
    yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
