/** The writer's thread: a WindowMaker for each partition, whose calls come as messages. Started by maker-thread.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import type { LogRecord } from '../log/log.ts';
import type { RowPack } from '../store/store.ts';
import type { FromThread, MakerCall, SentRecords, ThreadOptions, ToThread } from './maker-messages.ts';
import { openPrepareTools } from './prepare.ts';
import type { Fates } from './window.ts';
import { type Decoded, WindowMaker } from './window-maker.ts';

const port = parentPort!;
const { packer } = workerData as ThreadOptions;
const { openPacker } = (await import(packer)) as { openPacker: () => () => RowPack };
const openPack = openPacker();
const tools = await openPrepareTools();
const makers = new Map<number, WindowMaker>();

port.on('message', ({ partition, call }: ToThread) => {
  let maker = makers.get(partition);
  if (maker === undefined) {
    maker = new WindowMaker({ partition, tools, openPack });
    makers.set(partition, maker);
  }
  obey(maker, call);
});

function obey(maker: WindowMaker, call: MakerCall): void {
  switch (call.kind) {
    case 'begin':
      maker.begin(call.beginning);
      break;
    case 'release':
      maker.release(call.from);
      break;
    case 'feed':
      answer(() => maker.feed(apart(call), call.from, call.to));
      break;
    case 'decoded':
      answer(() => maker.decoded(), buffersOfDecoded);
      break;
    case 'confirm':
      answer(() => maker.confirm(call.hits));
      break;
    case 'finish':
      answer(() => maker.finish(call.copies), buffersOfFates);
      break;
    default:
      call satisfies never;
  }
}

function answer<T>(work: () => T, moved: (value: T) => ArrayBuffer[] = () => []): void {
  try {
    const value = work();
    tell({ kind: 'answer', value: value as Decoded }, moved(value));
  } catch (error) {
    tell({ kind: 'error', message: error instanceof Error ? error.message : String(error) });
  }
}

function tell(message: FromThread, moved: ArrayBuffer[] = []): void {
  port.postMessage(message, moved);
}

const buffersOfDecoded = ({ hashes, receivedAt, landed }: Decoded): ArrayBuffer[] => [
  hashes.buffer,
  receivedAt.buffer,
  landed.buffer,
];

const buffersOfFates = ({ parts }: Fates): ArrayBuffer[] =>
  parts.flatMap(({ packed }) => [...(packed?.buffers ?? [])]);

function apart({ records, bytes }: SentRecords): LogRecord[] {
  let at = 0;
  return records.map(({ offset, count, length }) => {
    at += length;
    return { offset, count, bytes: bytes.subarray(at - length, at) };
  });
}
