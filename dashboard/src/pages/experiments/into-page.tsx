/** What to put into the page, with the names of this experiment in it: who gets which variant, that it was seen, that a goal was reached. */
import { Card } from '../../ui/card.tsx';
import { CodeBlock } from '../../ui/copy.tsx';
import type { Form } from './form.ts';

/** As it may stand in a script of a page. */
const quoted = (text: string) =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'").replaceAll('\\"', '"').replaceAll('<', '\\x3c')}'`;

type Names = Pick<Form, 'experimentId' | 'variants' | 'goals'>;

const idOf = ({ experimentId }: Names) => (experimentId.trim() === '' ? 'checkout' : experimentId.trim());

const exposureCode = (names: Names) =>
  `millrace('EXPOSURE', {
  experimentId: ${quoted(idOf(names))},
  variantKey: variant,
});`;

const conversionCode = ({ goals: [goal = 'paid'] }: Names) =>
  `millrace('CONVERSION', {
  goal: ${quoted(goal)},
});`;

function assignmentCode(names: Names): string {
  const variants = names.variants.filter(({ key }) => key.trim() !== '');
  const listed = variants.map(({ key, weight }) => `  [${quoted(key.trim())}, ${Number(weight) || 1}],`);
  return `const variants = [
${listed.join('\n')}
];

// the same person gets the same variant, always
async function variantOf(personId) {
  const text = ${quoted(`${idOf(names)} `)} + personId;
  const hash = await crypto.subtle.digest(
    'SHA-256', new TextEncoder().encode(text));
  const all = variants.reduce((sum, [, w]) => sum + w, 0);
  let place = new DataView(hash).getUint32(0) / 2 ** 32 * all;
  for (const [key, weight] of variants)
    if ((place -= weight) < 0) return key;
  return variants[0][0];
}`;
}

const serverCode = (names: Names) =>
  JSON.stringify(
    {
      type: 'EXPOSURE',
      experimentId: idOf(names),
      variantKey: names.variants[0]?.key || 'control',
      userId: 'ada',
      timestamp: '2026-01-05T10:00:00Z',
    },
    null,
    2,
  );

export function IntoPage({ form }: { form: Names }) {
  return (
    <Card label="What to put into the page" className="grid min-w-0 grid-cols-1 gap-3 p-4">
      <h2 className="font-semibold">What to put into the page</h2>
      <p className="text-soft">When somebody sees a variant, the control too, and at the same place:</p>
      <CodeBlock text={exposureCode(form)} />
      <p className="text-soft">When somebody reaches the goal, on whatever page:</p>
      <CodeBlock text={conversionCode(form)} />
      <p className="text-soft">
        Money is the <code className="font-mono">amount</code> of any event, with its{' '}
        <code className="font-mono">currency</code>.
      </p>
      <details>
        <summary className="cursor-pointer text-soft">Who gets which variant</summary>
        <div className="mt-2 grid grid-cols-1 gap-2">
          <p className="text-soft">It must follow from the person, so that nobody sees two:</p>
          <CodeBlock text={assignmentCode(form)} />
        </div>
      </details>
      <details>
        <summary className="cursor-pointer text-soft">From a server</summary>
        <div className="mt-2 grid grid-cols-1 gap-2">
          <p className="text-soft">
            One event each, sent to <code className="font-mono">/api/collect</code>:
          </p>
          <CodeBlock text={serverCode(form)} />
        </div>
      </details>
    </Card>
  );
}
