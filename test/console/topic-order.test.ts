import { orderTopics } from '../../src/console/pages/topics/topic-order';
import { TopicRates } from '../../src/console/pages/topics/topic-rates';
import { retentionText } from '../../src/console/pages/topics/retention-text';
import type { TopicState } from '../../src/console/pages/topics/topic-state';

const topic = (name: string, changes: Partial<TopicState> = {}): TopicState => ({
  ...{ name, kind: 'events', createdAt: '', storedAt: null, position: '', earliest: '', events: 0, bytes: 0 },
  retention: { age: null, bytes: null },
  ...changes,
});

describe('orderTopics', () => {
  const topics = [
    topic('b', { bytes: 2, storedAt: '2024' }),
    topic('a', { bytes: 1, storedAt: '2025' }),
    topic('c', { bytes: 2 }),
  ];

  it.each([
    ['name', 'abc'],
    ['bytes', 'bca'],
    ['activity', 'abc'],
    ['no column', 'abc'],
  ])('puts topics in order by %s', (column, expected) => {
    const names = orderTopics(topics, column, new TopicRates()).map(({ name }) => name);
    expect(names.join('')).toBe(expected);
  });
});

describe('TopicRates', () => {
  it('gives events a second over the last five seconds, and forgets those before', () => {
    let now = 100_000;
    const rates = new TopicRates(() => now);
    rates.note(topic('t', { events: 1_000_000 }), undefined);
    expect(rates.of('t')).toBe(0);
    let events = 1_000_000;
    for (let step = 0; step < 8; step++) {
      const before = topic('t', { events });
      events += 100;
      now += 500;
      rates.note(topic('t', { events }), before);
    }
    expect(rates.of('t')).toBeGreaterThan(150);
    expect(rates.of('t')).toBeLessThan(250);
    now += 5001;
    expect(rates.of('t')).toBe(0);
  });

  it('is 0 while retention takes more away than comes', () => {
    const rates = new TopicRates(() => 5000);
    rates.note(topic('t', { events: 5 }), topic('t', { events: 50 }));
    expect(rates.of('t')).toBe(0);
  });
});

describe('retentionText', () => {
  it.each([
    [null, null, 'default'],
    ['7d', null, '7d'],
    ['7d', 1_000_000_000, '7d, 1 GB'],
    ['never', 0, 'for ever'],
    [null, 5000, '5 KB'],
  ])('says of %s and %s: %s', (age, bytes, expected) => {
    expect(retentionText({ age, bytes })).toBe(expected);
  });
});
