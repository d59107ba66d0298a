/**
 * What a Redis promises about what it has acknowledged, found out by asking it: whether it keeps an append-only file and when that
 * is on disk, and whether it evicts. What would lose events is a problem; what a person should know is a remark.
 */
import type { Redis } from 'ioredis';
import { redisCode } from '../../redis/redis-error.ts';

export interface Promises {
  readonly problems: readonly Problem[];
  readonly remarks: readonly string[];
}

export interface Problem {
  readonly detail: string;
  readonly remedy: string;
}

interface Found {
  readonly aof: string | undefined;
  readonly fsync: string | undefined;
  readonly policy: string | undefined;
  readonly maxmemory: string | undefined;
}

/** Errors: those of the client, when the server is away. */
export async function askPromises(client: Redis): Promise<Promises> {
  const found = await askConfig(client);
  if (found !== undefined) return judge(found);
  const { problems, remarks } = judge(await askInfo(client));
  const remark =
    'CONFIG may not be asked there, so it CANNOT BE CHECKED whether an acknowledged event survives a crash of that machine; see that its appendfsync is always, or that its maker promises as much';
  return { problems, remarks: [...remarks, remark] };
}

function judge({ aof, fsync, policy, maxmemory }: Found): Promises {
  const problems: Problem[] = [];
  const remarks: string[] = [];
  if (policy !== undefined && policy !== 'noeviction') {
    const detail = `its maxmemory-policy is ${policy}, which drops what was not stored yet when memory is short`;
    problems.push({ detail, remedy: 'CONFIG SET maxmemory-policy noeviction' });
  }
  if (aof === 'no') {
    const detail = 'it keeps no append-only file (appendonly no), so a restart forgets what was acknowledged';
    problems.push({ detail, remedy: 'CONFIG SET appendonly yes' });
  } else if (fsync === 'no') {
    const detail = 'it leaves it to the system when its file is on disk (appendfsync no)';
    problems.push({ detail, remedy: 'CONFIG SET appendfsync always' });
  } else if (fsync === 'everysec') {
    remarks.push(
      'its appendfsync is everysec: when that machine crashes or loses power, about a second of acknowledged events is lost; with appendfsync always none is',
    );
  }
  if (maxmemory === '0')
    remarks.push(
      'it has no maxmemory: while the store is away the log fills that machine’s memory; set maxmemory there, or MILLRACE_LOG_BYTES_MAX here',
    );
  return { problems, remarks };
}

/** Undefined when it may not be asked. */
async function askConfig(client: Redis): Promise<Found | undefined> {
  const names = ['appendonly', 'appendfsync', 'maxmemory-policy', 'maxmemory'];
  try {
    const [aof, fsync, policy, maxmemory] = await Promise.all(names.map((name) => configOf(client, name)));
    return aof === undefined && policy === undefined ? undefined : { aof, fsync, policy, maxmemory };
  } catch (error) {
    // forbidden by access rules, or renamed away
    if (redisCode(error) === 'NOPERM' || redisCode(error) === 'ERR') return undefined;
    throw error;
  }
}

async function configOf(client: Redis, name: string): Promise<string | undefined> {
  const [, value] = (await client.config('GET', name)) as string[];
  return value;
}

async function askInfo(client: Redis): Promise<Found> {
  const nothing = { aof: undefined, fsync: undefined, policy: undefined, maxmemory: undefined };
  try {
    const info = `${await client.info('persistence')}\n${await client.info('memory')}`;
    const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
    const enabled = field('aof_enabled');
    const aof = enabled === undefined ? undefined : enabled === '1' ? 'yes' : 'no';
    return { ...nothing, aof, policy: field('maxmemory_policy') };
  } catch (error) {
    if (redisCode(error) === 'NOPERM' || redisCode(error) === 'ERR') return nothing;
    throw error;
  }
}
