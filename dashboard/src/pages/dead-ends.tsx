/** Pages that lead nowhere, and say where to go from there. */
import { Link } from '@tanstack/react-router';
import { Empty, Failure } from '../ui/states.tsx';

export function NotFound() {
  return (
    <main className="grid min-h-[70vh] place-items-center">
      <Empty title="There is no such page, or it is not yours to see">
        <Link to="/" className="text-accent underline">
          To the overview
        </Link>
      </Empty>
    </main>
  );
}

export function NoProject() {
  return (
    <main className="grid min-h-[70vh] place-items-center">
      <Empty title="No project is open to you yet">
        Ask an administrator to add you to one: <code className="font-mono">millrace users role</code>.
      </Empty>
    </main>
  );
}

/** Also when a part of these pages cannot be fetched, as after an upgrade of the server. */
export function Trouble({ error }: { error: unknown }) {
  return (
    <main className="grid min-h-[70vh] place-items-center">
      <Failure error={error as Error} retry={() => location.reload()} title="This page could not be loaded" />
    </main>
  );
}
