/**
 * What must happen in a Redis at once, as scripts. KEYS are always the records, the state and the lease of one partition. The state
 * is a hash:
 *
 *   server     which run of which server began the epoch; another run begins the next
 *   epoch      its number; `base` its first offset ('' while open); `next` how many events it has; `past` those before: epochs.ts
 *   floor      an offset that somebody saw acknowledged in an epoch before; the base will not be below it
 *   bytes      of all payloads ever; `gone`: of those that were trimmed
 *   first      `EPOCH:INDEX` of the oldest record, once something was trimmed
 *   token      of the last lease; tokens are times, so that they grow also when a server has forgotten the last one
 *
 * A script asks the server who it is each time, which costs it 7 µs: that is the one way to know it in the same instant.
 *
 * A server at its maxmemory must let a writer take the log over and free it, or it would stay full for ever. It allows a script that
 * has written already to go on, so all but `append` begin with a write that needs no memory (`PERSIST`).
 */
import { createHash } from 'node:crypto';

export interface Script {
  readonly name: string;
  readonly text: string;
  readonly sha: string;
}

export interface Scripts {
  readonly open: Script;
  readonly append: Script;
  readonly settle: Script;
  readonly trim: Script;
  readonly tend: Script;
  readonly release: Script;
  /** KEYS[1] is the list of writers. */
  readonly join: Script;
  /** KEYS[1] is the log's own hash. */
  readonly agree: Script;
}

/** The consumer group that shows the lag; see decision 043. */
export const groupName = 'millrace';
/** A server that may not be asked who it is: its runs cannot be told apart. */
const anyServer = 'unknown';

const whoAmI = `
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local me = (run or '') .. (history or '')`;

const makeRoom = `redis.call('PERSIST', state)
`;

const prelude = `
local records, state, lease = KEYS[1], KEYS[2], KEYS[3]
local function text(number) return string.format('%.0f', number) end
local function now() local time = redis.call('TIME') return time[1] * 1000 + math.floor(time[2] / 1000) end
local function number(field) return tonumber(redis.call('HGET', state, field) or '0') end
local function isMine(server) return server and (server == me or server == '${anyServer}' or me == '${anyServer}') end
local function look()
  local found = redis.call('HMGET', state, 'epoch', 'base', 'next', 'past', 'first', 'bytes', 'gone')
  for place = 1, #found do found[place] = found[place] or '' end
  return found
end
`;

/** ARGV: the least offset that must not be used again, 0 for none. Gives { 'begun' or 'same', look }. */
const open = `
local server = redis.call('HGET', state, 'server')
local begun = 'same'
if not isMine(server) then
  begun = 'begun'
  local old = redis.call('HMGET', state, 'epoch', 'base', 'next', 'past')
  local epoch = now()
  local last = redis.call('XREVRANGE', records, '+', '-', 'COUNT', 1)[1]
  if last then epoch = math.max(epoch, tonumber(string.match(last[1], '^%d+')) + 1) end
  local past = old[4] or ''
  if old[1] then
    epoch = math.max(epoch, tonumber(old[1]) + 1)
    if old[2] ~= '' or old[3] ~= '0' then past = past .. ' ' .. old[1] .. ':' .. old[2] .. ':' .. old[3] end
  end
  redis.call('HSET', state, 'server', me, 'epoch', text(epoch), 'base', '', 'next', '0', 'past', past)
  redis.call('DEL', lease)
  redis.pcall('XGROUP', 'CREATE', records, '${groupName}', '0', 'MKSTREAM')
elseif server ~= me and me ~= '${anyServer}' then
  redis.call('HSET', state, 'server', me)
end
if redis.call('HGET', state, 'base') == '' and tonumber(ARGV[1]) > number('floor') then
  redis.call('HSET', state, 'floor', ARGV[1])
end
return { begun, look() }
`;

/**
 * ARGV: the bytes that there is room for, or -1; then of each record its count, header, bytes, number of parts, parts.
 * Gives { 'moved' } when the epoch is over; else { 'ok', how many records were taken, the index of the first, look }.
 */
const append = `
local found = redis.call('HMGET', state, 'epoch', 'base', 'next', 'past', 'first', 'bytes', 'gone', 'server')
if not isMine(found[8]) then return { 'moved' } end
local room = tonumber(ARGV[1])
local first, bytes = tonumber(found[3]), tonumber(found[6] or '0')
local held = bytes - tonumber(found[7] or '0')
local next, taken, at = first, 0, 2
while ARGV[at] do
  local count, size, parts = tonumber(ARGV[at]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  if room >= 0 and held + size > room then break end
  for part = 0, parts - 1 do
    local header = ''
    if part == 0 then header = ARGV[at + 1] .. ' ' .. text(bytes) end
    redis.call('XADD', records, found[1] .. '-' .. text(next * 1024 + part), 'h', header, 'd', ARGV[at + 4 + part])
  end
  next, taken, at = next + count, taken + 1, at + 4 + parts
  bytes, held = bytes + size, held + size
end
if taken > 0 then redis.call('HSET', state, 'next', text(next), 'bytes', text(bytes)) end
local look = { found[1], found[2], text(next), found[4], found[5] or '', text(bytes), found[7] or '0' }
return { 'ok', taken, found[3], look }
`;

/**
 * ARGV: the lease as it stands, the offset below which the store has everything. Gives { 'lost' } when that lease is not in force,
 * { 'moved' } when the epoch is over, { 'behind', end } when the store has what a settled epoch has not; else
 * { 'settled' or 'same', where the stream ended before, floor, look }.
 */
const settle = `
if redis.call('GET', lease) ~= ARGV[1] then return { 'lost' } end
local found = redis.call('HMGET', state, 'server', 'base', 'next', 'past', 'floor')
if not isMine(found[1]) then return { 'moved' } end
local taken, floor = tonumber(ARGV[2]), tonumber(found[5] or '0')
if found[2] ~= '' then
  local finish = tonumber(found[2]) + tonumber(found[3])
  if taken > finish then return { 'behind', text(finish) } end
  return { 'same', text(finish), text(floor), look() }
end
local past, finish = '', 0
local least = math.max(taken, floor)
for epoch, base, length in string.gmatch(found[4], '(%d+):(%d*):(%d+)') do
  if base == '' then base = text(math.max(finish, least)) end
  finish = tonumber(base) + tonumber(length)
  past = past .. ' ' .. epoch .. ':' .. base .. ':' .. length
end
redis.call('HSET', state, 'base', text(math.max(finish, least)), 'past', past)
redis.call('HDEL', state, 'floor')
return { 'settled', text(finish), text(floor), look() }
`;

/** ARGV: epoch and index of the first event that must stay. Gives look. */
const trim = `
local epoch, index = ARGV[1], tonumber(ARGV[2])
local found = redis.call('HMGET', state, 'epoch', 'base', 'next', 'past', 'bytes', 'gone')
if not found[1] then return look() end
local at = redis.call('XREVRANGE', records, epoch .. '-' .. text(index * 1024 + 1023), '-', 'COUNT', 1)[1]
if at and string.match(at[1], '^%d+') == epoch then
  local begin = math.floor(tonumber(string.match(at[1], '%d+$')) / 1024)
  local head = redis.call('XRANGE', records, epoch .. '-' .. text(begin * 1024), '+', 'COUNT', 1)[1]
  local count = head and tonumber(string.match(head[2][2], '^%d+') or '1') or 1
  if begin + count > index then index = begin end
end
local bound = epoch .. '-' .. text(index * 1024)
local rest = redis.call('XRANGE', records, bound, '+', 'COUNT', 1)[1]
redis.call('XTRIM', records, 'MINID', '=', bound)
local gone, first = found[5] or '0', found[1] .. ':' .. found[3]
if rest then
  gone = string.match(rest[2][2], '(%d+)$') or found[6] or '0'
  local place, sequence = string.match(rest[1], '^(%d+)-(%d+)$')
  first = place .. ':' .. text(math.floor(tonumber(sequence) / 1024))
end
redis.call('HSET', state, 'gone', gone, 'first', first)
if found[2] ~= '' then
  local past, oldest = '', tonumber(string.match(first, '^%d+'))
  for each in string.gmatch(found[4], '%S+') do
    if tonumber(string.match(each, '^%d+')) >= oldest then past = past .. ' ' .. each end
  end
  redis.call('HSET', state, 'past', past)
end
local below = text(tonumber(epoch) - 1) .. '-18446744073709551615'
if index > 0 then below = epoch .. '-' .. text(index * 1024 - 1) end
local info = redis.call('XINFO', 'STREAM', records)
for place = 1, #info, 2 do
  if info[place] == 'entries-added' then
    redis.pcall('XGROUP', 'SETID', records, '${groupName}', below, 'ENTRIESREAD', text(info[place + 1] - redis.call('XLEN', records)))
    return look()
  end
end
redis.pcall('XGROUP', 'SETID', records, '${groupName}', below)
return look()
`;

/** ARGV: owner, ms, '1' to take it when it is free. Renews what the owner has. Gives { owner or '', token }. */
const tend = `
local held = redis.call('GET', lease)
if held then
  local owner, token = string.match(held, '^(%S+) (%d+)$')
  if owner == ARGV[1] then redis.call('PEXPIRE', lease, ARGV[2]) end
  return { owner, token }
end
if ARGV[3] ~= '1' then return { '', '0' } end
local token = text(math.max(now(), number('token') + 1))
redis.call('HSET', state, 'token', token)
redis.call('SET', lease, ARGV[1] .. ' ' .. token, 'PX', ARGV[2])
return { ARGV[1], token }
`;

/** ARGV: the lease as it stands. */
const release = `
if redis.call('GET', lease) == ARGV[1] then redis.call('DEL', lease) end
return 1
`;

/** ARGV: owner, ms for which it counts, 0 to leave. Gives all that count, in the order of their names. */
const join = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%.0f', now))
if ARGV[2] == '0' then redis.call('ZREM', KEYS[1], ARGV[1])
else redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[2]), ARGV[1]) end
local all = redis.call('ZRANGE', KEYS[1], 0, -1)
table.sort(all)
return all
`;

/** ARGV: how many partitions this process was told. Gives how many there are. */
const agree = `
redis.call('PERSIST', KEYS[1])
redis.call('HSETNX', KEYS[1], 'partitions', ARGV[1])
return redis.call('HGET', KEYS[1], 'partitions')
`;

/** `identifies`: the server may be asked for its INFO. Without that, a server that lost its last writes is noticed only when it lost all. */
export function makeScripts(identifies: boolean): Scripts {
  const head = `${identifies ? whoAmI : `local me = '${anyServer}'`}${prelude}`;
  const quiet = `local me = '${anyServer}'${prelude}`;
  return {
    open: script('open', head + makeRoom + open),
    append: script('append', head + append),
    settle: script('settle', head + makeRoom + settle),
    trim: script('trim', quiet + makeRoom + trim),
    tend: script('tend', quiet + makeRoom + tend),
    release: script('release', quiet + release),
    join: script('join', join),
    agree: script('agree', agree),
  };
}

function script(name: string, text: string): Script {
  return { name, text, sha: createHash('sha1').update(text).digest('hex') };
}
