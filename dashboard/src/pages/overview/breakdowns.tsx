/** The tables under the trend. */
import { Card } from '../../ui/card.tsx';
import { BreakdownCard } from './breakdown-card.tsx';
import { cards } from './cards.ts';
import { Goals } from './goals.tsx';
import type { PartProps } from './overview.tsx';

export function Breakdowns(props: PartProps) {
  return (
    <div className="mt-4 grid grid-cols-1 gap-4 lg:grid-cols-2">
      {cards.map((card) => (
        <Card key={card.id} label={card.label} className="flex min-w-0 flex-col p-4 sm:min-h-96">
          <BreakdownCard {...props} card={card} />
        </Card>
      ))}
      <Goals {...props} />
    </div>
  );
}
