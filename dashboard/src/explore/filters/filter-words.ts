/** A filter as a sentence: 'Country is Germany and (Page begins with /blog or Page is /)'. */
import { valueName } from '../../format/names.ts';
import { labelOf } from '../fields/fields.ts';
import {
  type Condition,
  type Filter,
  type Group,
  type Node,
  type SavedFilterKind,
  treeOf,
} from './filter-tree.ts';
import { operatorOf } from './operators.ts';

/** What saved things are called; the id where that is not known. */
export type NameOfSaved = (of: SavedFilterKind, id: string) => string | undefined;
const listedMax = 3;

/** '' for no filter. */
export function filterWords(filter: unknown, nameOfSaved: NameOfSaved = () => undefined): string {
  return groupWords(treeOf(filter as Filter | undefined), nameOfSaved);
}

function groupWords(group: Group, names: NameOfSaved): string {
  return group.parts.map((part) => partWords(part, names, group.parts.length > 1)).join(` ${group.join} `);
}

function partWords(node: Node, names: NameOfSaved, isAmongOthers: boolean): string {
  switch (node.kind) {
    case 'condition':
      return conditionWords(node);
    case 'saved':
      return `${node.not ? 'not ' : ''}${savedWords[node.of]} ${names(node.of, node.name) ?? node.name}`;
    case 'cohort': {
      const often = node.atLeast > 1 ? ` at least ${node.atLeast} times` : '';
      const when = node.days === undefined ? '' : ` in the ${node.days} days before the end`;
      return `people ${node.not ? 'without' : 'with'} ${groupWords(node.group, names)}${often}${when}`;
    }
    case 'group': {
      const words = groupWords(node, names);
      if (node.not) return `not (${words})`;
      return isAmongOthers && node.parts.length > 1 ? `(${words})` : words;
    }
    case 'raw':
      return JSON.stringify(node.filter);
    default:
      return node satisfies never;
  }
}

const savedWords: Readonly<Record<SavedFilterKind, string>> = {
  segment: 'in',
  cohort: 'people of',
  goal: 'reached',
};

function conditionWords({ field, op, not, value }: Condition): string {
  const { words, takes } = operatorOf(field, op, not);
  const name = labelOf(field);
  if (takes === 'none') return `${name} ${words}`;
  const all = Array.isArray(value)
    ? (value as readonly (string | number | boolean)[])
    : [value as string | number | boolean];
  const shown = all.slice(0, listedMax).map((each) => valueName(field, each ?? null));
  const rest = all.length > listedMax ? ` and ${all.length - listedMax} more` : '';
  return `${name} ${words} ${shown.join(', ')}${rest}`;
}
