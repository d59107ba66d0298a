/**
 * Where the parts of a Sankey stand. Columns are steps, so nothing is searched for: nodes lie in their column by size, and ribbons leave and
 * arrive in the order of where they go. Across in columns (0 is the first), down in pixels.
 */
import type { PathsData } from '../../../../../src/query/wire.ts';
import { groupKey, type Named } from '../parts/group-name.ts';

export interface PlacedNode extends Named {
  readonly key: string;
  readonly step: number;
  /** From the left, in the order of time. */
  readonly column: number;
  readonly top: number;
  readonly height: number;
  readonly sequences: number;
  readonly ends: number;
}

export interface Ribbon {
  readonly key: string;
  readonly from: PlacedNode;
  readonly to: PlacedNode;
  readonly sequences: number;
  readonly shape: string;
}

export interface Layout {
  readonly columns: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly ribbons: readonly Ribbon[];
  /** Ribbons too thin to be drawn among so many. */
  readonly left: number;
}

const columnHeight = 340;
/** A line of text. */
const nodeRowMin = 24;
const gap = 6;
const nodeHeightMin = 2;
/** More than this nobody sees, and the page would feel it. */
const ribbonsMax = 600;
/** Of a column's width, from where ribbons leave: beside the bar of the node. */
const barWidth = 0.012;

export function layoutOf({ sequences, direction, nodes, links }: PathsData): Layout {
  const columns = Math.max(0, ...nodes.map(({ step }) => step)) + 1;
  const scale = columnHeight / Math.max(1, sequences);
  const columnOf = (step: number) => (direction === 'forward' ? step : columns - 1 - step);
  const placed = new Map<string, PlacedNode>();
  let height = 0;
  for (let step = 0; step < columns; step++) {
    let top = 0;
    for (const node of nodes.filter((each) => each.step === step).sort(bySize)) {
      const key = keyOf(step, node);
      const own = Math.max(nodeHeightMin, node.sequences * scale);
      placed.set(key, { ...node, key, column: columnOf(step), top, height: own });
      top += Math.max(own, nodeRowMin) + gap;
    }
    height = Math.max(height, top - gap);
  }
  const known = links
    .flatMap(({ step, from, to, sequences: count }) => {
      const [a, b] = [placed.get(keyOf(step, from)), placed.get(keyOf(step + 1, to))];
      if (a === undefined || b === undefined) return [];
      const [left, right] = a.column < b.column ? [a, b] : [b, a];
      return [{ from: left, to: right, sequences: count }];
    })
    .sort((a, b) => b.sequences - a.sequences);
  const drawn = known.slice(0, ribbonsMax);
  return {
    columns,
    height,
    nodes: [...placed.values()],
    ribbons: ribbonsOf(drawn, scale),
    left: known.length - drawn.length,
  };
}

const keyOf = (step: number, named: Named) => `${step} ${groupKey(named)}`;

interface Sized extends Named {
  readonly sequences: number;
}
/** The largest above, all others together below. */
const bySize = (a: Sized, b: Sized) =>
  Number(a.other ?? false) - Number(b.other ?? false) || b.sequences - a.sequences;

type Flow = Pick<Ribbon, 'from' | 'to' | 'sequences'>;

function ribbonsOf(flows: readonly Flow[], scale: number): readonly Ribbon[] {
  const [left, arrived] = [new Map<string, number>(), new Map<string, number>()];
  const take = (taken: Map<string, number>, { key, top }: PlacedNode, thickness: number) => {
    const at = taken.get(key) ?? top;
    taken.set(key, at + thickness);
    return at;
  };
  const thicknessOf = ({ sequences }: Flow) => Math.max(1, sequences * scale);
  const starts = new Map<Flow, number>();
  for (const flow of flows.toSorted((a, b) => a.to.top - b.to.top))
    starts.set(flow, take(left, flow.from, thicknessOf(flow)));
  return flows
    .toSorted((a, b) => a.from.top - b.from.top)
    .map((flow) => {
      const thickness = thicknessOf(flow);
      const end = take(arrived, flow.to, thickness);
      return {
        ...flow,
        key: `${flow.from.key} ${flow.to.key}`,
        shape: shapeOf(flow, starts.get(flow)!, end, thickness),
      };
    });
}

function shapeOf({ from, to }: Flow, start: number, end: number, thickness: number): string {
  const [x0, x1] = [from.column + barWidth, to.column];
  const middle = (x0 + x1) / 2;
  return [
    `M${x0} ${start}`,
    `C${middle} ${start} ${middle} ${end} ${x1} ${end}`,
    `V${end + thickness}`,
    `C${middle} ${end + thickness} ${middle} ${start + thickness} ${x0} ${start + thickness}`,
    'Z',
  ].join('');
}
