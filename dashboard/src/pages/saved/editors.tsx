/** What is edited of each kind. */
import type {
  AnnotationBody,
  CohortBody,
  GoalBody,
  QuestionBody,
  Saved,
  SegmentBody,
} from '../../api/saved.ts';
import { filterWords, type NameOfSaved } from '../../explore/filters/filter-words.ts';
import { Modal } from '../../ui/dialog.tsx';
import { AnnotationForm } from '../overview/annotation-form.tsx';
import { CohortDays } from './cohort-days.tsx';
import { Editor } from './editor.tsx';
import { FilterField } from './filter-field.tsx';
import { GoalWorth } from './goal-worth.tsx';
import { cohortWords, planWords } from './plan-words.ts';
import { type Tab, tabOf } from './tabs.ts';

export interface KindEditorProps<Body> {
  readonly project: string;
  readonly given: Saved<Body> | undefined;
  readonly nameOf: NameOfSaved;
  readonly onClose: () => void;
}

type AnyProps = KindEditorProps<never> & { readonly tab: Tab };

export function KindEditor({ tab, ...props }: AnyProps) {
  switch (tab.kind) {
    case 'question':
      return <QuestionEditor {...props} />;
    case 'segment':
      return <SegmentEditor {...props} />;
    case 'cohort':
      return <CohortEditor {...props} />;
    case 'goal':
      return <GoalEditor {...props} />;
    case 'annotation':
      return <AnnotationEditor {...props} />;
    default:
      return tab satisfies never;
  }
}

const titleOf = (id: Tab['id'], given: Saved<unknown> | undefined) =>
  given === undefined ? `New ${tabOf(id).one}` : `Edit: ${given.name}`;

/** Its plan is changed in Explore. */
function QuestionEditor({ given, nameOf, ...props }: KindEditorProps<QuestionBody>) {
  if (given === undefined) return null;
  return (
    <Editor<QuestionBody>
      {...props}
      kind="question"
      title={titleOf('questions', given)}
      given={given}
      start={given.body}
      isWhole={() => true}
      words={({ plan }) => planWords(plan, nameOf)}
    >
      {({ plan }) => <p className="text-soft">{planWords(plan, nameOf)}</p>}
    </Editor>
  );
}

function SegmentEditor({ nameOf, ...props }: KindEditorProps<SegmentBody>) {
  return (
    <Editor<SegmentBody>
      {...props}
      kind="segment"
      title={titleOf('segments', props.given)}
      start={{ filter: undefined }}
      isWhole={({ filter }) => filter !== undefined}
      words={({ filter }) => filterWords(filter, nameOf)}
    >
      {(body, change) => (
        <FilterField
          project={props.project}
          label="Events where"
          value={body.filter}
          onChange={(filter) => change({ ...body, filter })}
        />
      )}
    </Editor>
  );
}

const cohortDaysFirst = 30;

function CohortEditor({ nameOf, ...props }: KindEditorProps<CohortBody>) {
  return (
    <Editor<CohortBody>
      {...props}
      kind="cohort"
      title={titleOf('cohorts', props.given)}
      start={{ filter: undefined, atLeast: 1, days: cohortDaysFirst }}
      isWhole={({ filter, days, from, to }) => filter !== undefined && (days ?? (from && to)) !== undefined}
      words={(body) => cohortWords(body, nameOf)}
    >
      {(body, change) => {
        const { description: _, ...condition } = body;
        return (
          <FilterField
            project={props.project}
            people={{ cohort: condition }}
            label="People with events where"
            value={body.filter}
            onChange={(filter) => change({ ...body, filter })}
          >
            <CohortDays body={body} onChange={change} />
          </FilterField>
        );
      }}
    </Editor>
  );
}

function GoalEditor({ nameOf, ...props }: KindEditorProps<GoalBody>) {
  return (
    <Editor<GoalBody>
      {...props}
      kind="goal"
      title={titleOf('goals', props.given)}
      start={{ filter: undefined }}
      isWhole={({ filter }) => filter !== undefined}
      words={({ filter }) => filterWords(filter, nameOf)}
    >
      {(body, change) => (
        <>
          <FilterField
            project={props.project}
            label="Reached by an event where"
            value={body.filter}
            onChange={(filter) => change({ ...body, filter })}
          />
          <GoalWorth
            project={props.project}
            value={body.value}
            onChange={(value) => change({ ...body, value })}
          />
        </>
      )}
    </Editor>
  );
}

function AnnotationEditor({ project, given, onClose }: KindEditorProps<AnnotationBody>) {
  return (
    <Modal title={given === undefined ? 'New annotation' : 'Edit the annotation'} open onClose={onClose}>
      <AnnotationForm project={project} given={given} onDone={onClose} />
    </Modal>
  );
}
