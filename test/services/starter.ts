/** A process that starts servers and says where; its test then kills it. */
import { startPgBouncer } from '../../scripts/services/pgbouncer.ts';
import { startPostgres } from '../../scripts/services/postgres.ts';
import { startRedis } from '../../scripts/services/redis.ts';

const postgres = await startPostgres({ fsync: false });
const replica = await postgres.startReplica();
const bouncer = await startPgBouncer(postgres);
const redis = await startRedis();
console.log(JSON.stringify([postgres, replica, bouncer, redis].map(({ port }) => port)));
setInterval(() => {}, 60_000);
