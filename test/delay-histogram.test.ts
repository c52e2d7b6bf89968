import { Registry } from 'prom-client';
import { DelayHistogram } from '../src/delay-histogram';

it('counts delays in the form of a Prometheus histogram', async () => {
  const registry = new Registry();
  const histogram = new DelayHistogram('delay_seconds', 'A delay.', registry);
  for (const seconds of [0, 0.001, 0.002, 0.3, 11]) histogram.add(seconds);
  const lines = (await registry.metrics()).split('\n');
  expect(lines.slice(0, 2)).toEqual(['# HELP delay_seconds A delay.', '# TYPE delay_seconds histogram']);
  expect(lines).toEqual(
    expect.arrayContaining([
      'delay_seconds_bucket{le="0.001"} 2',
      'delay_seconds_bucket{le="0.0025"} 3',
      'delay_seconds_bucket{le="0.25"} 3',
      'delay_seconds_bucket{le="0.5"} 4',
      'delay_seconds_bucket{le="10"} 4',
      'delay_seconds_bucket{le="+Inf"} 5',
      'delay_seconds_count 5',
    ]),
  );
  expect(Number(lines.find((line) => line.startsWith('delay_seconds_sum '))!.split(' ')[1])).toBeCloseTo(11.303);
});
