/**
 * How soon a server is ready again after a kill with a million events in its log that the store has not seen: the engine is held
 * still while they are sent, then everything is killed. All of them must be there in the end, once each.
 */
import { adminKey } from '../../test/hazards/harness.ts';
import { Load } from '../load/load.ts';
import type { BenchContext, Figure, Row } from '../row.ts';
import { MillraceServer } from '../servers.ts';

const unreadEvents = 1_000_000;
const sliceMs = 1_000;

export const restartRow: Row = {
  name: 'restart',
  async run({ directory, scale, say }: BenchContext): Promise<readonly Figure[]> {
    const millrace = await MillraceServer.open(directory);
    const { server, port } = millrace;
    try {
      const wanted = unreadEvents * scale;
      const load = await Load.open({
        port,
        key: adminKey,
        connections: 16,
        eventsPerRequest: 100,
        eventsPerSecond: 0,
      });
      const engines = server.children();
      for (const pid of engines) process.kill(pid, 'SIGSTOP');
      let sent = 0;
      while (sent < wanted) sent += (await load.run(sliceMs)).events;
      await load.close();
      await server.stop('SIGKILL');
      // held still, it cannot end itself
      for (const pid of engines) process.kill(pid, 'SIGKILL');
      say(`killed with ${sent} events accepted`);
      const startedAt = performance.now();
      server.start();
      await server.ready();
      const readyMs = performance.now() - startedAt;
      await server.drained();
      const drainedMs = performance.now() - startedAt;
      const { ledger } = await server.ask<{ ledger: { stored: number; duplicates: number } }>(
        '/api/v1/queue',
      );
      if (ledger.stored !== sent) throw new Error(`${sent} were accepted and ${ledger.stored} are stored`);
      return [
        {
          name: `ready again after a kill with ${sent} events unread`,
          baseline: '(absolute)',
          value: `${(readyMs / 1000).toFixed(2)} s`,
          samples: [readyMs],
          reach: '2 s',
          aim: '1 s',
          isReached: readyMs <= 2_000,
          detail: `all of them countable after ${(drainedMs / 1000).toFixed(1)} s, none lost or doubled`,
        },
      ];
    } finally {
      await millrace.close();
    }
  },
};
