/** One project on one calm page: numbers, their course, and who, where from, what, by what means. */
import { useEffect, useState } from 'react';
import { loadCharts } from '../../charts/chart.tsx';
import type { View } from '../../state/view.ts';
import { Breakdowns } from './breakdowns.tsx';
import { Freshness } from './freshness.tsx';
import { GoneSegment, useGoneSegment } from './gone-segment.tsx';
import { Numbers } from './numbers.tsx';
import { Trend } from './trend.tsx';
import type { ChangeView } from './use-view.ts';
import { useView } from './use-view.ts';
import { ViewBar } from './view-bar.tsx';

export interface PartProps {
  readonly project: string;
  readonly view: View;
  readonly onChange: ChangeView;
}

export function Overview({ project }: { project: string }) {
  const [view, onChange] = useView();
  const [isTable, setTable] = useState(false);
  useEffect(() => void loadCharts(), []);
  const part: PartProps = { project, view, onChange };
  const gone = useGoneSegment(project, view);
  return (
    <>
      <h1 className="sr-only">Overview</h1>
      <ViewBar {...part} />
      {gone === undefined ? (
        <>
          <div className="overflow-hidden rounded-xl border border-line bg-card">
            <Numbers {...part} />
            <Trend {...part} isTable={isTable} onTable={setTable} />
            <Freshness {...part} />
          </div>
          <Breakdowns {...part} />
        </>
      ) : (
        <GoneSegment {...part} gone={gone} />
      )}
    </>
  );
}
