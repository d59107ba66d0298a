/** What people keep besides boards and experiments: questions, segments, cohorts, goals, annotations; made, changed and deleted here. */
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { useRef, useState } from 'react';
import {
  type AnnotationBody,
  type CohortBody,
  type QuestionBody,
  type Saved,
  type SegmentBody,
  useSaved,
} from '../../api/saved.ts';
import { useMayEdit } from '../../api/session.ts';
import { filterWords, type NameOfSaved } from '../../explore/filters/filter-words.ts';
import { browserZone, fullDay } from '../../format/dates.ts';
import type { Search } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { inputBox } from '../../ui/field.tsx';
import { Empty, Failure, Skeleton } from '../../ui/states.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { KindEditor } from './editors.tsx';
import { cohortWords, planWords } from './plan-words.ts';
import { type Tab, tabOf, tabs } from './tabs.ts';
import { ThingRow } from './thing-row.tsx';
import { useUses } from './uses.ts';

/** More than this can be searched. */
const searchableFrom = 8;

export function SavedThings({ project }: { project: string }) {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const tab = tabOf(search.kind);
  const show = (next: Search) => void navigate({ to: '.', search: next as never, replace: true });
  const open = typeof search.open === 'string' ? search.open : undefined;
  return (
    <>
      <h1 className="mb-3 text-lg font-semibold">Saved</h1>
      <Tabs.Root value={tab.id} onValueChange={(kind) => show({ kind })}>
        <Tabs.List aria-label="What is saved" className="mb-3 -ml-1 flex flex-wrap gap-0.5">
          {tabs.map(({ id, label }) => (
            <Tabs.Trigger
              key={id}
              value={id}
              className="rounded-md px-2.5 py-1.5 whitespace-nowrap text-soft max-sm:px-1.5 max-sm:text-[13px] hover:text-ink data-[state=active]:bg-sunken data-[state=active]:font-medium data-[state=active]:text-ink"
            >
              {label}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value={tab.id} className="outline-offset-4">
          <Things
            key={tab.id}
            project={project}
            tab={tab}
            open={open}
            onOpen={(id) => show({ kind: tab.id, ...(id !== undefined && { open: id }) })}
          />
        </Tabs.Content>
      </Tabs.Root>
    </>
  );
}

interface ThingsProps {
  readonly project: string;
  readonly tab: Tab;
  /** The id of the one that is edited; `new` is one that is made. */
  readonly open: string | undefined;
  readonly onOpen: (id: string | undefined) => void;
}

/** No id is empty. */
const anew = '';

function Things({ project, tab, open, onOpen }: ThingsProps) {
  const { data, error, isError, refetch } = useSaved<never>(project, tab.kind);
  const { usesOf, nameOf } = useUses(project);
  const mayEdit = useMayEdit(project);
  const [wanted, setWanted] = useState('');
  const [isNew, setNew] = useState(false);
  const [doomed, setDoomed] = useState<string>();
  const edited = useKept(open, data);
  const deleted = doomed === undefined ? undefined : data?.find(({ id }) => id === doomed);
  const rows = (data ?? []).map((thing) => ({ thing, words: wordsOf(tab, thing, nameOf) }));
  const letters = wanted.toLowerCase();
  const shown = rows
    .filter(({ thing, words }) => `${thing.name} ${words}`.toLowerCase().includes(letters))
    .toSorted((a, b) => a.thing.name.localeCompare(b.thing.name));
  const isSearchable = rows.length >= searchableFrom;
  return (
    <Card label={tab.label} className="min-w-0">
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-3">
        <p className="min-w-48 flex-1 text-soft">{tab.hint}</p>
        {isSearchable && (
          <input
            type="search"
            aria-label={`Search ${tab.label.toLowerCase()}`}
            placeholder="Search"
            value={wanted}
            onChange={({ target }) => setWanted(target.value)}
            className={`${inputBox} max-w-56`}
          />
        )}
        {mayEdit && <Make project={project} tab={tab} onNew={() => setNew(true)} />}
      </div>
      {isError && data === undefined ? (
        <Failure error={error} retry={() => refetch()} />
      ) : data === undefined ? (
        <Skeleton className="m-4 h-32" />
      ) : rows.length === 0 ? (
        <Empty title={`No ${tab.label.toLowerCase()} yet`}>
          {mayEdit ? undefined : 'Who may edit this project can make some.'}
        </Empty>
      ) : shown.length === 0 ? (
        <Empty title={`Nothing here says “${wanted}”`} />
      ) : (
        <ul>
          {shown.map(({ thing, words }) => (
            <ThingRow
              key={thing.id}
              project={project}
              tab={tab}
              thing={thing}
              words={words}
              uses={usesOf(tab.kind, thing.id)}
              onEdit={mayEdit ? () => onOpen(thing.id) : undefined}
              onDelete={mayEdit ? () => setDoomed(thing.id) : undefined}
            />
          ))}
        </ul>
      )}
      {mayEdit && (isNew || edited !== undefined) && (
        <KindEditor
          key={edited?.id ?? anew}
          tab={tab}
          project={project}
          given={isNew ? undefined : edited}
          nameOf={nameOf}
          onClose={() => {
            setNew(false);
            onOpen(undefined);
          }}
        />
      )}
      {deleted !== undefined && (
        <DeleteDialog
          project={project}
          tab={tab}
          thing={deleted}
          uses={usesOf(tab.kind, deleted.id)}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </Card>
  );
}

/** The one of this id; also after somebody deleted it, for whoever edits it has not. */
function useKept<Body>(id: string | undefined, all: readonly Saved<Body>[] | undefined) {
  const kept = useRef<Saved<Body>>(undefined);
  const found = all?.find((each) => each.id === id) ?? (kept.current?.id === id ? kept.current : undefined);
  kept.current = found;
  return found;
}

function Make({ project, tab, onNew }: { project: string; tab: Tab; onNew: () => void }) {
  if (tab.kind === 'question')
    return (
      <Link
        to="/p/$project/explore"
        params={{ project }}
        className="inline-flex h-9 items-center gap-1.5 rounded-md border border-line bg-card px-3 font-medium hover:bg-sunken"
      >
        <Plus aria-hidden className="size-4" />
        New in Explore
      </Link>
    );
  return (
    <Button onClick={onNew}>
      <Plus aria-hidden className="size-4" />
      New {tab.one}
    </Button>
  );
}

function wordsOf({ kind }: Tab, { body }: Saved<unknown>, nameOf: NameOfSaved): string {
  const { description } = body as { description?: string };
  const words = bodyWords(kind, body, nameOf);
  return description === undefined ? words : `${words} · ${description}`;
}

function bodyWords(kind: Tab['kind'], body: unknown, nameOf: NameOfSaved): string {
  switch (kind) {
    case 'question':
      return planWords((body as QuestionBody).plan, nameOf);
    case 'segment':
    case 'goal':
      return filterWords((body as SegmentBody).filter, nameOf);
    case 'cohort':
      return cohortWords(body as CohortBody, nameOf);
    case 'annotation': {
      const { at, until, text } = body as AnnotationBody;
      const days = [at, ...(until === undefined ? [] : [until])].map((time) => fullDay(time, browserZone));
      return `${days.join(' – ')} · ${text}`;
    }
    default:
      return kind satisfies never;
  }
}
