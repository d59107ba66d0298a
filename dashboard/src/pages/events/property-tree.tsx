/** What somebody sent along, level by level as it was sent: objects and lists fold, values may be filtered by. */
import type { JsonValue } from '../../../../src/event/event.ts';
import { Given } from '../../ui/given.tsx';
import { OnlyButton, type OnlyWith } from './only-button.tsx';

/** Of one level; the rest is in the JSON. */
const membersMax = 100;
/** Deeper ones begin folded. */
const openLevels = 3;

interface PropertyTreeProps {
  readonly value: JsonValue;
  readonly onOnly: OnlyWith | undefined;
}

export function PropertyTree({ value, onOnly }: PropertyTreeProps) {
  return <Members value={value as object} path="properties" level={0} onOnly={onOnly} />;
}

interface LevelProps {
  readonly path: string;
  readonly level: number;
  /** Absent within lists: no filter looks into them. */
  readonly onOnly: OnlyWith | undefined;
}

function Members({ value, path, level, onOnly }: LevelProps & { readonly value: object }) {
  const members = Object.entries(value) as [string, JsonValue][];
  const inList = Array.isArray(value);
  return (
    <ul className={level === 0 ? 'grid gap-0.5' : 'grid gap-0.5 border-l border-line pl-3'}>
      {members.slice(0, membersMax).map(([key, member]) => (
        <li key={key} className="min-w-0">
          <Member
            name={key}
            value={member}
            path={`${path}.${key}`}
            level={level}
            onOnly={inList ? undefined : onOnly}
          />
        </li>
      ))}
      {members.length > membersMax && (
        <li className="text-faint">and {members.length - membersMax} more, in the JSON</li>
      )}
    </ul>
  );
}

function Member({
  name,
  value,
  path,
  level,
  onOnly,
}: LevelProps & { readonly name: string; readonly value: JsonValue }) {
  if (typeof value === 'object' && value !== null)
    return (
      <details open={level + 1 < openLevels}>
        <summary className="cursor-pointer">
          <Given text={name} isWhole className="text-soft" />{' '}
          <span className="text-faint">{sizeWords(value)}</span>
        </summary>
        <Members value={value} path={path} level={level + 1} onOnly={onOnly} />
      </details>
    );
  return (
    <div className="group flex min-w-0 items-start gap-2">
      <Given text={name} isWhole className="max-w-[50%] shrink-0 text-soft" />
      <span className="min-w-0">
        {typeof value === 'string' ? (
          <Given text={value} isWhole />
        ) : (
          <span className="font-mono text-[13px] text-accent">{String(value)}</span>
        )}
      </span>
      {onOnly !== undefined && value !== null && <OnlyButton field={path} value={value} onOnly={onOnly} />}
    </div>
  );
}

function sizeWords(value: object): string {
  const size = Object.keys(value).length;
  if (Array.isArray(value)) return `list of ${size}`;
  return size === 1 ? '1 member' : `${size} members`;
}
