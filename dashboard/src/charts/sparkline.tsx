/** A small curve without axes; the last point is dashed while its bucket is not over. */

interface SparklineProps {
  readonly values: readonly number[];
  readonly isLastOpen: boolean;
}

const width = 120;
const height = 28;

export function Sparkline({ values, isLastOpen }: SparklineProps) {
  if (values.length < 2) return <svg aria-hidden viewBox={`0 0 ${width} ${height}`} className="h-7 w-full" />;
  const max = Math.max(1, ...values);
  const points = values.map((value, index) => {
    const x = (index / (values.length - 1)) * width;
    return `${x.toFixed(1)},${(height - 2 - (value / max) * (height - 4)).toFixed(1)}`;
  });
  const whole = isLastOpen ? points.slice(0, -1) : points;
  const line = {
    fill: 'none',
    stroke: 'currentColor',
    strokeWidth: 1.5,
    vectorEffect: 'non-scaling-stroke',
  } as const;
  return (
    <svg
      aria-hidden
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      className="h-7 w-full text-accent"
    >
      <polyline {...line} points={whole.join(' ')} strokeLinejoin="round" />
      {isLastOpen && <polyline {...line} points={points.slice(-2).join(' ')} strokeDasharray="2 3" />}
    </svg>
  );
}
