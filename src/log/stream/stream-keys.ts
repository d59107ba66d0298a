/**
 * The keys of a log. Those of a partition share one hash tag, so that a script may touch them together in a cluster too.
 *
 *   {PREFIX:log}:meta               how many partitions there are
 *   {PREFIX:log}:writers            who writes, by when that is over unless it is renewed (Redis's epoch ms)
 *   {PREFIX:log:N}:records          the stream
 *   {PREFIX:log:N}:state            where it ends, in a hash; see scripts.ts
 *   {PREFIX:log:N}:lease            "OWNER TOKEN" of who brings it into the store; expires
 */
export interface PartitionKeys {
  readonly records: string;
  readonly state: string;
  readonly lease: string;
}

export interface LogKeys {
  readonly meta: string;
  readonly writers: string;
  readonly partitions: readonly PartitionKeys[];
}

export function logKeys(prefix: string, partitions: number): LogKeys {
  const own = `{${prefix}:log}`;
  return {
    meta: `${own}:meta`,
    writers: `${own}:writers`,
    partitions: Array.from({ length: partitions }, (_, partition) => {
      const tag = `{${prefix}:log:${partition}}`;
      return { records: `${tag}:records`, state: `${tag}:state`, lease: `${tag}:lease` };
    }),
  };
}
