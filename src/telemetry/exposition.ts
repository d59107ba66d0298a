/**
 * Series in plain numbers and the Prometheus text format (0.0.4) that shows them. An update is an addition and nothing more, since
 * some come with every request; what the format asks for is made at a scrape. Label values are cut to a bound, so that no sender
 * can make series without end.
 */
export interface Sample {
  /** Behind the name of the family: '_bucket', or ''. */
  readonly suffix: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All series of one name. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  samples(): readonly Sample[] | Promise<readonly Sample[]>;
}

/** Values of one label that are told apart; further ones are counted as `other`. */
const labelValuesMax = 100;
const none = 'none';

export const contentType = 'text/plain; version=0.0.4; charset=utf-8';

export async function exposition(families: readonly Family[]): Promise<string> {
  const texts = await Promise.all(families.map(familyText));
  return `${texts.join('\n\n')}\n`;
}

async function familyText(family: Family): Promise<string> {
  const { name, help, type } = family;
  const samples = await family.samples();
  const lines = samples.map(
    ({ suffix, labels, value }) => `${name}${suffix}${labelText(labels)} ${numberText(value)}`,
  );
  return [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`, ...lines].join('\n');
}

/** A sum for each value of the label; one sum, from 0, without a label. */
export class Counter implements Family {
  readonly type = 'counter';
  readonly name: string;
  readonly help: string;
  readonly #label: string | undefined;
  readonly #sums = new Map<string, { value: number }>();

  constructor(name: string, help: string, label?: string) {
    this.name = name;
    this.help = help;
    this.#label = label;
    if (label === undefined) this.#sums.set(none, { value: 0 });
  }

  add(by: number, labelValue = none): void {
    bounded(this.#sums, labelValue, () => ({ value: 0 })).value += by;
  }

  samples(): readonly Sample[] {
    return Array.from(this.#sums, ([labelValue, { value }]) => ({
      suffix: '',
      labels: labelsOf(this.#label, labelValue),
      value,
    }));
  }
}

/** Set to what holds now. */
export class Gauge implements Family {
  readonly type = 'gauge';
  readonly name: string;
  readonly help: string;
  readonly #read: Family['samples'];

  /** `read` is asked at each scrape. */
  constructor(name: string, help: string, read: Family['samples']) {
    this.name = name;
    this.help = help;
    this.#read = read;
  }

  samples(): ReturnType<Family['samples']> {
    return this.#read();
  }
}

interface Distribution {
  /** How many fell between a bound and the one before it; the last are above all bounds. */
  readonly counts: Float64Array;
  sum: number;
}

/** How many amounts are at most each bound, and their sum; for each value of the label. */
export class Histogram implements Family {
  readonly type = 'histogram';
  readonly name: string;
  readonly help: string;
  readonly #bounds: readonly number[];
  readonly #label: string | undefined;
  readonly #distributions = new Map<string, Distribution>();

  /** `bounds` grow. */
  constructor(name: string, help: string, bounds: readonly number[], label?: string) {
    this.name = name;
    this.help = help;
    this.#bounds = bounds;
    this.#label = label;
    if (label === undefined) this.#distributions.set(none, this.#empty());
  }

  observe(amount: number, labelValue = none): void {
    const distribution = bounded(this.#distributions, labelValue, () => this.#empty());
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && amount > bounds[at]!) at++;
    distribution.counts[at]! += 1;
    distribution.sum += amount;
  }

  samples(): readonly Sample[] {
    return [...this.#distributions].flatMap(([labelValue, { counts, sum }]) => {
      const labels = labelsOf(this.#label, labelValue);
      let count = 0;
      const buckets = Array.from(counts, (more, at) => {
        count += more;
        const le = at < this.#bounds.length ? String(this.#bounds[at]) : '+Inf';
        return { suffix: '_bucket', labels: { le, ...labels }, value: count };
      });
      return [...buckets, { suffix: '_sum', labels, value: sum }, { suffix: '_count', labels, value: count }];
    });
  }

  #empty(): Distribution {
    return { counts: new Float64Array(this.#bounds.length + 1), sum: 0 };
  }
}

function bounded<S>(known: Map<string, S>, labelValue: string, make: () => S): S {
  const found = known.get(labelValue);
  if (found !== undefined) return found;
  const name = known.size < labelValuesMax ? labelValue : 'other';
  const series = known.get(name) ?? make();
  known.set(name, series);
  return series;
}

function labelsOf(label: string | undefined, value: string): Sample['labels'] {
  return label === undefined ? {} : { [label]: value };
}

function labelText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
