/** What stands over a list: a search, a filter with its parts as chips, and the range. */
import { ListFilter, Search as SearchIcon, X } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useId, useRef, useState } from 'react';
import { FilterEditor } from '../../explore/filters/filter-editor.tsx';
import { filterWords } from '../../explore/filters/filter-words.ts';
import { PlanRange } from '../../explore/range.tsx';
import { classes } from '../../ui/classes.ts';
import { Given } from '../../ui/given.tsx';
import { filterText, type PlanFilter, partsOf, without } from './filters.ts';
import { type ChangeSearch, type ListSearch, oneOf, rangeSearch } from './use-list-search.ts';

/** After the last letter: what is typed on is not asked. */
const typingMs = 350;
const searchLengthMax = 200;

export interface ListToolsProps {
  readonly project: string;
  readonly list: ListSearch;
  readonly onChange: ChangeSearch;
  /** What the search says before anything is typed. */
  readonly searchHint: string;
  readonly searchTitle?: string;
  readonly onEnter?: (text: string) => void;
  /** Between the filter and the range. */
  readonly children?: ReactNode;
}

export function ListTools(props: ListToolsProps) {
  const { project, list, onChange, children } = props;
  const [isOpen, setOpen] = useState(false);
  const panel = useId();
  const change = (filter: PlanFilter | undefined) => onChange({ filter: filterText(filter) }, true);
  return (
    <div className="mb-3 grid grid-cols-[minmax(0,1fr)] gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <SearchBox {...props} />
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={panel}
          onClick={() => setOpen(!isOpen)}
          className={classes(
            'inline-flex h-9 items-center gap-2 rounded-md border border-line px-3 font-medium hover:bg-sunken hover:text-ink',
            isOpen ? 'bg-sunken text-ink' : 'border-dashed text-soft',
          )}
        >
          <ListFilter aria-hidden className="size-4" />
          Filter
        </button>
        {children}
        <div className="ml-auto">
          <PlanRange
            plan={{ kind: 'events', ...list.scope }}
            onChange={(next) => onChange(rangeSearch(next), true)}
          />
        </div>
      </div>
      <div id={panel} hidden={!isOpen} className="rounded-xl border border-line bg-card p-3">
        {isOpen && (
          <FilterEditor
            project={project}
            value={list.filter}
            onChange={change}
            label="Filter"
            scope={list.scope}
          />
        )}
      </div>
      {!isOpen && list.filter !== undefined && <FilterChips filter={list.filter} onChange={change} />}
    </div>
  );
}

function SearchBox({ list, onChange, searchHint, searchTitle, onEnter }: ListToolsProps) {
  const kept = oneOf(list.search.q) ?? '';
  const [text, setText] = useState(kept);
  const told = useRef(kept);
  const tell = useCallback(
    (next: string) => {
      told.current = next;
      onChange({ q: next || undefined }, true);
    },
    [onChange],
  );
  // the address changes by itself when one goes back; what was told from here is no news
  useEffect(() => {
    if (kept === told.current) return;
    told.current = kept;
    setText(kept);
  }, [kept]);
  useEffect(() => {
    if (text === told.current) return;
    const timer = setTimeout(() => tell(text), typingMs);
    return () => clearTimeout(timer);
  }, [text, tell]);
  return (
    <form
      className="relative min-w-0 flex-1 basis-60 sm:max-w-sm"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        tell(text);
        onEnter?.(text);
      }}
    >
      <SearchIcon aria-hidden className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-faint" />
      <input
        type="search"
        aria-label={searchHint}
        title={searchTitle}
        placeholder={searchHint}
        maxLength={searchLengthMax}
        value={text}
        onChange={({ target }) => setText(target.value)}
        className="h-9 w-full min-w-0 rounded-md border border-line bg-card pr-2 pl-8"
      />
    </form>
  );
}

interface FilterChipsProps {
  readonly filter: PlanFilter;
  readonly onChange: (next: PlanFilter | undefined) => void;
}

function FilterChips({ filter, onChange }: FilterChipsProps) {
  return (
    <ul aria-label="Filters" className="flex flex-wrap gap-2">
      {partsOf(filter).map((part, index) => {
        const words = filterWords(part);
        return (
          <li
            key={JSON.stringify(part)}
            className="inline-flex h-8 max-w-full items-center gap-1 rounded-md border border-line bg-accent-soft pr-1 pl-2.5 text-[13px]"
          >
            <Given text={words} />
            <button
              type="button"
              aria-label={`Take the filter away: ${words}`}
              onClick={() => onChange(without(filter, index))}
              className="rounded p-1 text-faint hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
