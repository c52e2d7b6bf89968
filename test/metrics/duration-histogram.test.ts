import { DurationHistogram } from '../../src/metrics/duration-histogram';

describe('DurationHistogram', () => {
  it('counts durations in the form of a Prometheus histogram, from half a millisecond on', () => {
    const histogram = new DurationHistogram({ name: 'wait_seconds', help: 'A wait.', labelNames: [] });
    const series = histogram.series({});
    for (const seconds of [0, 0.0005, 0.001, 0.002, 0.3, 11]) series.add(seconds);
    const lines = histogram.text.split('\n');
    expect(lines.slice(0, 2)).toEqual(['# HELP wait_seconds A wait.', '# TYPE wait_seconds histogram']);
    expect(lines).toEqual(
      expect.arrayContaining([
        'wait_seconds_bucket{le="0.0005"} 2',
        'wait_seconds_bucket{le="0.001"} 3',
        'wait_seconds_bucket{le="0.0025"} 4',
        'wait_seconds_bucket{le="0.1"} 4',
        'wait_seconds_bucket{le="1"} 5',
        'wait_seconds_bucket{le="5"} 5',
        'wait_seconds_bucket{le="+Inf"} 6',
        'wait_seconds_count 6',
      ]),
    );
    expect(Number(lines.find((line) => line.startsWith('wait_seconds_sum '))!.split(' ')[1])).toBeCloseTo(11.3035);
  });

  it('shows a series at 0 as soon as it is made, and keeps series apart', () => {
    const metric = { name: 'wait_seconds', help: 'A wait.', labelNames: ['kind'] as const };
    const histogram = new DurationHistogram(metric);
    const [events] = [histogram.series({ kind: 'events' }), histogram.series({ kind: 'rows' })];
    events.add(0.002);
    const text = histogram.text;
    expect(text).toContain('wait_seconds_bucket{le="0.001",kind="rows"} 0\n');
    expect(text).toContain('wait_seconds_count{kind="rows"} 0\n');
    expect(text).toContain('wait_seconds_bucket{le="0.0025",kind="events"} 1\n');
    expect(text).toContain('wait_seconds_sum{kind="events"} 0.002\n');
  });

  it('shows of many series the first one, and those that have measured something', () => {
    const metric = { name: 'wait_seconds', help: 'A wait.', labelNames: ['kind'] as const, sparse: true };
    const histogram = new DurationHistogram(metric);
    const [, second] = ['a', 'b', 'c'].map((kind) => histogram.series({ kind }));
    const shown = (): string[] =>
      [...histogram.text.matchAll(/_count\{kind="(.)"\} (\d)/g)].map(([, k, n]) => `${k} ${n}`);
    expect(shown()).toEqual(['a 0']);
    second!.add(0);
    expect(shown()).toEqual(['a 0', 'b 1']);
  });
});
