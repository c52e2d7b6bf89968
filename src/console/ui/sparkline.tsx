const WIDTH = 120;
const HEIGHT = 24;

interface Props {
  /** Oldest first, not negative. */
  readonly values: readonly number[];
  /** What it shows, in words: `1.2 KB a second`. */
  readonly label: string;
}

/** The course of a number, without axes: its shape beside a text that says how much it is. */
export function Sparkline({ values: given, label }: Props) {
  // One sample is a level, and no course.
  const values = given.length === 1 ? [given[0]!, given[0]!] : given;
  const most = Math.max(...values, 0);
  const step = WIDTH / Math.max(values.length - 1, 1);
  const y = (value: number): number => HEIGHT - 1 - (most === 0 ? 0 : (value / most) * (HEIGHT - 3));
  const points = values.map((value, i) => `${(i * step).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <polygon class="sparkline-area" points={`0,${HEIGHT} ${points} ${WIDTH},${HEIGHT}`} />
      <polyline class="sparkline-line" points={points} />
    </svg>
  );
}
