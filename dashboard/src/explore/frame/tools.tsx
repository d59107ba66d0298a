/** What one does with an answer: the table, a link, files, saving, and how it was asked and found. */
import {
  Braces,
  ChartLine,
  Check,
  Download,
  Image,
  Link2,
  MoreHorizontal,
  Save,
  SearchCheck,
  Table2,
  Terminal,
} from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { type RefObject, useState } from 'react';
import { downloadCsv } from '../../api/csv.ts';
import { useMayEdit } from '../../api/session.ts';
import { stringifySearch } from '../../state/search.ts';
import { Button } from '../../ui/button.tsx';
import { menuItem, menuPanel } from '../../ui/menu.tsx';
import { exploreSearch } from '../question-link.ts';
import { rangeWords, zoneOfPlan } from '../range.tsx';
import { CurlWindow, JsonWindow } from './plan-window.tsx';
import { SaveWindow } from './save-window.tsx';
import type { Asked } from './use-asked.ts';
import type { Answered } from './use-question.ts';

interface ToolsProps {
  readonly project: string;
  readonly question: Asked;
  readonly answered: Answered | undefined;
  readonly title: string;
  /** Where the answer is drawn. */
  readonly box: RefObject<HTMLDivElement | null>;
  readonly isExplained: boolean;
  readonly onExplain: () => void;
}

const copiedMs = 2_000;

export function Tools({ project, question, answered, title, box, isExplained, onExplain }: ToolsProps) {
  const { asked, plan, form, view, saved, show, ask, keepAs } = question;
  const mayEdit = useMayEdit(project);
  const [open, setOpen] = useState<'json' | 'curl' | 'save'>();
  const [isCopied, setCopied] = useState(false);
  const [failure, setFailure] = useState<string>();
  const tried = (work: () => Promise<void>) => {
    setFailure(undefined);
    work().catch((error: unknown) => setFailure((error as Error).message));
  };
  const copyLink = async () => {
    if (navigator.clipboard === undefined)
      throw new Error('Browsers copy over HTTPS alone; take the link out of the address bar.');
    await navigator.clipboard.writeText(linkTo(question, project));
    setCopied(true);
    setTimeout(() => setCopied(false), copiedMs);
  };
  const savePicture = async () => {
    if (answered === undefined || box.current === null) return;
    const { savePng } = await import('./picture.ts');
    await savePng({
      box: box.current,
      title,
      subtitle: `${rangeWords(answered.plan)}, ${zoneOfPlan(answered.plan)}`,
    });
  };
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      {failure !== undefined && (
        <span role="alert" className="text-[13px] text-bad">
          {failure}
        </span>
      )}
      <Button small look="quiet" onClick={() => show({ form: form === 'table' ? 'chart' : 'table' })}>
        {form === 'table' ? (
          <ChartLine aria-hidden className="size-4" />
        ) : (
          <Table2 aria-hidden className="size-4" />
        )}
        {form === 'table' ? 'Chart' : 'Table'}
      </Button>
      <Button small look="quiet" onClick={() => tried(copyLink)} aria-live="polite">
        {isCopied ? <Check aria-hidden className="size-4" /> : <Link2 aria-hidden className="size-4" />}
        {isCopied ? 'Copied' : 'Copy link'}
      </Button>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger
          aria-label="More: files, how it was found, the question as JSON"
          className="inline-flex size-8 items-center justify-center rounded-md text-soft hover:bg-sunken hover:text-ink"
        >
          <MoreHorizontal aria-hidden className="size-4" />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content align="end" sideOffset={4} className={menuPanel}>
            <Item Icon={Download} onSelect={() => tried(() => downloadCsv(project, asked, title))}>
              Save as CSV
            </Item>
            <Item Icon={Image} onSelect={() => tried(savePicture)}>
              Save as PNG
            </Item>
            <DropdownMenu.Separator className="my-1 h-px bg-line" />
            <Item Icon={SearchCheck} onSelect={onExplain}>
              {isExplained ? 'Hide how it was found' : 'Explain how it was found'}
            </Item>
            <Item Icon={Braces} onSelect={() => setOpen('json')}>
              The question as JSON
            </Item>
            <Item Icon={Terminal} onSelect={() => setOpen('curl')}>
              The question as curl
            </Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {mayEdit && (
        <Button
          small
          look={saved === undefined || question.isChanged ? 'primary' : 'plain'}
          onClick={() => setOpen('save')}
        >
          <Save aria-hidden className="size-4" />
          Save
        </Button>
      )}
      {open === 'json' && (
        <JsonWindow plan={plan} onApply={(next) => ask(next, true)} onClose={() => setOpen(undefined)} />
      )}
      {open === 'curl' && <CurlWindow plan={asked} onClose={() => setOpen(undefined)} />}
      {open === 'save' && (
        <SaveWindow
          project={project}
          plan={plan}
          view={{ ...view, ...(form === 'table' && { form }) }}
          saved={saved}
          name={title}
          onSaved={keepAs}
          onClose={() => setOpen(undefined)}
        />
      )}
    </div>
  );
}

/** The whole question, also where the address leaves out what it begins with. */
function linkTo({ asked, form, view, saved, isChanged }: Asked, project: string): string {
  const isSaved = saved !== undefined && !isChanged;
  const search = exploreSearch(isSaved ? undefined : asked, {
    form,
    view,
    ...(saved && { question: saved.id }),
  });
  return `${location.origin}/p/${encodeURIComponent(project)}/explore${stringifySearch(search)}`;
}

interface ItemProps {
  readonly Icon: typeof Download;
  readonly onSelect: () => void;
  readonly children: string;
}

function Item({ Icon, onSelect, children }: ItemProps) {
  return (
    <DropdownMenu.Item className={menuItem} onSelect={onSelect}>
      <Icon aria-hidden className="size-4 text-faint" />
      {children}
    </DropdownMenu.Item>
  );
}
