/** The disk: who holds it, how fast it fills, and when it is full at that rate. */
import { type DiskStatus, useDisk } from '../../api/operations.ts';
import { ago, browserZone, fullDay } from '../../format/dates.ts';
import { bytes, duration, fullNumber } from '../../format/numbers.ts';
import { Card } from '../../ui/card.tsx';
import { Failure, Skeleton } from '../../ui/states.tsx';

const dayMs = 86_400_000;
const soonMs = 7 * dayMs;
/** From here on somebody should plan for it. */
const planMs = 90 * dayMs;

export function DiskCard({ project }: { project: string }) {
  const { data, error, isError, refetch } = useDisk(project);
  return (
    <Card label="Disk" className="p-4">
      <h2 className="mb-2 font-semibold">Disk</h2>
      {data !== undefined ? (
        <Figures disk={data} />
      ) : isError ? (
        <Failure error={error} retry={() => refetch()} />
      ) : (
        <Skeleton className="h-48" />
      )}
    </Card>
  );
}

function Figures({ disk }: { disk: DiskStatus }) {
  const { storeBytes, logBytes, logBytesMax, freeBytes, freeBytesMin } = disk;
  return (
    <>
      <Bar disk={disk} />
      <table className="tabular mt-3 w-full">
        <tbody>
          <Row name="The store" help="Events and rollups, of all projects">
            {storeBytes === null ? 'another service' : bytes(storeBytes)}
          </Row>
          <Row name="The log" help="It is cut off behind what is stored">
            {bytes(logBytes)}
            {logBytesMax > 0 && ` of at most ${bytes(logBytesMax)}`}
          </Row>
          <Row name="Free" help="Below the smaller number no events are taken">
            {bytes(freeBytes)}, kept free {bytes(freeBytesMin)}
          </Row>
          <Row name="Growth" help="Stored events, times what one has taken so far">
            {growthText(disk)}
          </Row>
          <Row name="An event" help="What the store holds by its events">
            {disk.bytesPerEvent === null ? '–' : bytes(disk.bytesPerEvent)}
          </Row>
        </tbody>
      </table>
      <Verdict disk={disk} />
    </>
  );
}

function Row({ name, help, children }: { name: string; help: string; children: React.ReactNode }) {
  return (
    <tr className="border-b border-line" title={help}>
      <th scope="row" className="py-1.5 text-left font-normal text-soft">
        {name}
      </th>
      <td className="py-1.5 text-right">{children}</td>
    </tr>
  );
}

/** The same numbers stand below as text. */
function Bar({ disk: { bytes: all, freeBytes, storeBytes, logBytes } }: { disk: DiskStatus }) {
  const own = (storeBytes ?? 0) + logBytes;
  const others = Math.max(0, all - freeBytes - own);
  const share = (part: number) => ({ width: `${all === 0 ? 0 : (100 * part) / all}%` });
  return (
    <div aria-hidden className="flex h-2.5 overflow-hidden rounded-full bg-sunken">
      <div className="min-w-0.5 bg-accent" style={share(own)} title={`Millrace: ${bytes(own)}`} />
      <div
        className="bg-faint opacity-50"
        style={share(others)}
        title={`Everything else: ${bytes(others)}`}
      />
    </div>
  );
}

function growthText({ bytesPerEvent, eventsPerSecond, overMs, storeBytes }: DiskStatus): string {
  if (eventsPerSecond === null) return 'not known yet';
  const over = `over ${duration(overMs)}`;
  if (bytesPerEvent === null || storeBytes === null)
    return `${fullNumber(eventsPerSecond * 86_400)} events a day, ${over}`;
  const perDay = (bytesPerEvent * eventsPerSecond * dayMs) / 1_000;
  return `${bytes(perDay)} a day, ${over}`;
}

function Verdict({ disk }: { disk: DiskStatus }) {
  const { fullAt, freeBytes, freeBytesMin, storeBytes, retentionDays } = disk;
  if (freeBytes <= freeBytesMin)
    return (
      <p className="mt-2 text-[13px] text-bad">
        It is full: no events are taken until there is room. Those who send them keep them meanwhile.
      </p>
    );
  if (storeBytes === null)
    return (
      <p className="mt-2 text-[13px] text-faint">
        The store has a disk of its own: watch it where it runs. The log needs room only while the store is
        away.
      </p>
    );
  if (fullAt === null)
    return (
      <p className="mt-2 text-[13px] text-good">
        At this rate it does not fill
        {retentionDays === null ? ' in ten years.' : `: events older than ${retentionDays} days are removed.`}
      </p>
    );
  const leftMs = Date.parse(fullAt) - Date.now();
  return (
    <p className={`mt-2 text-[13px] ${leftMs < soonMs ? 'text-bad' : 'text-soft'}`}>
      At this rate it is full {ago(fullAt, Date.now())}, on {fullDay(fullAt, browserZone)}.
      {leftMs < planMs && ' Make room before, or set MILLRACE_RETENTION_DAYS.'}
    </p>
  );
}
