/**
 * Getting data out in files: all events that are asked for, as a stream that never grows in memory, and the form in which a
 * question's answer is wanted (`Accept`). The first bytes are made before the status is sent, so that what cannot be asked
 * is an error like any other; what breaks later breaks the connection, and the asker goes on after the last whole line.
 */
import { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { failure } from '../errors.ts';
import { answerSheet } from '../export/answer-sheet.ts';
import { eventSheet } from '../export/event-sheet.ts';
import { contentTypes, type Format } from '../export/sheet.ts';
import { writeSheet } from '../export/write-sheet.ts';
import { exportParameters, exportRequest } from '../query/export-shortcut.ts';
import type { Query } from '../query/query.ts';
import type { Answer } from '../query/wire.ts';
import { answerForm, sheetForm } from './accept.ts';
import { askerOf } from './asker.ts';
import { exportDescription } from './openapi/question-descriptions.ts';
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
      describe: exportDescription,
      handle: (call) => exportEvents(stage, call, clock.now()),
    },
  ];
}

async function exportEvents(
  stage: ExportStage,
  { grant, query, accept, signal }: Call,
  now: number,
): Promise<RouteAnswer> {
  const { plan, after, ...asked } = exportRequest(query, now);
  const format = asked.format ?? sheetForm(accept);
  if (after !== undefined && !resumable.includes(format)) throw wholeOnly(after);
  const whose = { project: grant!.project, signal, asker: askerOf(grant!) };
  // columns begin with bytes that no event is needed for, so the events themselves must have begun
  const sheet = eventSheet(await begun(stage.export(plan, after, whose)));
  const bytes = writeSheet(sheet, format, { header: after === undefined });
  return {
    headers: {
      'content-type': contentTypes[format],
      'content-disposition': `attachment; filename="events.${format === 'arrow' ? 'arrows' : format}"`,
      vary: 'accept',
    },
    body: Readable.from(await begun(bytes), binary),
  };
}

/** Formats that go on where they broke off. */
const resumable: readonly Format[] = ['ndjson', 'csv'];

const wholeOnly = (after: string) =>
  failure('plan_invalid', {
    pointer: '/after',
    rule: 'goes with ndjson and csv; other files are whole or nothing',
    value: JSON.stringify(after.slice(0, 100)),
  });

/** The answer in the form that the asker prefers; undefined: JSON. Errors: not_acceptable. */
export function sheetAnswer(
  answer: Answer,
  accept: string | undefined,
  field?: string,
): (RouteAnswer & { readonly format: Format }) | undefined {
  const form = answerForm(accept);
  if (form === 'json') return undefined;
  const bytes = writeSheet(answerSheet(answer.data, field), form);
  return {
    format: form,
    headers: { 'content-type': contentTypes[form] },
    body: Readable.from(bytes, binary),
  };
}

const binary = { objectMode: false } as const;

/** The same pieces, of which the first is there. Errors: those of the first. */
async function begun<Piece>(pieces: AsyncGenerator<Piece>): Promise<AsyncGenerator<Piece>> {
  return continued(await pieces.next(), pieces);
}

async function* continued<Piece>(
  first: IteratorResult<Piece>,
  rest: AsyncGenerator<Piece>,
): AsyncGenerator<Piece> {
  try {
    if (first.done) return;
    yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
