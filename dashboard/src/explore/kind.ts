/**
 * What the pages know of a kind of question: how it begins, how it is edited, drawn and read as a table. Each kind is a folder in kinds/;
 * kinds.ts lists them. A question is its plan as JSON, everywhere: in the address, in what is saved, in editors and in charts.
 */
import type { ComponentType, LazyExoticComponent } from 'react';
import type { Answer, AnswerData } from '../../../src/query/wire.ts';
import type { PlanInput } from '../api/questions.ts';

/** How an answer is drawn, where there is a choice: `{chart: 'bars'}`. In the address, in what is saved, never in the plan. */
export type View = Readonly<Record<string, string>>;

export interface ChartProps<Data extends AnswerData = AnswerData> {
  readonly project: string;
  /** The plan that was answered; another may be in the editor by now. */
  readonly plan: PlanInput;
  readonly answer: Answer<Data>;
  readonly view?: View;
  /** Draws it in another way; absent where there is no choice (tiles). A chart shows its own choices above itself. */
  readonly onView?: (next: View) => void;
  /** On a board: no room for explanations, and nothing but the chart. */
  readonly isTile?: boolean;
  /** Asks another question out of the chart: a click that filters. Absent where the reader may not. */
  readonly onPlan?: (next: PlanInput) => void;
}

/** What the server says is wrong with a plan: where, as a JSON pointer, and the rule. */
export interface PlanProblem {
  readonly pointer: string;
  readonly message: string;
}

/** An editor is of what its kind alone has: the frame edits range, zone, `filter`, `bots` and `sample` of the plan. */
export interface EditorProps {
  readonly project: string;
  readonly plan: PlanInput;
  readonly onChange: (next: PlanInput) => void;
  readonly problem?: PlanProblem;
}

/** A cell is shown as text; numbers stand to the right, and are sorted as numbers. */
export interface TableCell {
  readonly text: string;
  readonly value: string | number | boolean | null;
}

export interface Table {
  readonly columns: readonly { readonly name: string; readonly isNumber: boolean }[];
  readonly rows: readonly (readonly TableCell[])[];
}

export interface Kind<Data extends AnswerData = AnswerData> {
  /** In tabs and lists: `trend`, `funnel` … */
  readonly id: string;
  readonly label: string;
  /** One line under the label: what it answers. */
  readonly hint: string;
  /** The kinds of plans that it edits, and of answers that it draws. */
  readonly plans: readonly string[];
  readonly answers: readonly Data['kind'][];
  /** What a plan asks, in few words; the label when absent. */
  readonly title?: (plan: PlanInput) => string;
  /** A question to begin with. `scope`: range, zone and filter. */
  readonly start: (scope: Readonly<Record<string, unknown>>) => PlanInput;
  readonly Editor: ComponentType<EditorProps> | LazyExoticComponent<ComponentType<EditorProps>>;
  /** What of it belongs into a picture has `data-painting` (all of it when absent), what within does not, `data-no-painting`. */
  readonly Chart: ComponentType<ChartProps<Data>> | LazyExoticComponent<ComponentType<ChartProps<Data>>>;
  readonly table: (answer: Answer<Data>, plan: PlanInput) => Table;
}
