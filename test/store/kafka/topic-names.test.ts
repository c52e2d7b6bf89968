import fc from 'fast-check';
import { TopicNames } from '../../../src/store/kafka/topic-names';

const names = new TopicNames('hub-');

describe('TopicNames', () => {
  it.each([
    [{ name: 'cars', generation: 0 }, 'hub-cars'],
    [{ name: 'car_1', generation: 0 }, 'hub-car__1'],
    [{ name: 'a.b c', generation: 0 }, 'hub-a_2eb_20c'],
    [{ name: 'ä', generation: 0 }, 'hub-_c3_a4'],
    [{ name: 'cars', generation: 20 }, 'hub-cars_G20'],
  ])('calls %j %s, and reads it back', (topic, kafkaTopic) => {
    expect(names.of(topic)).toBe(kafkaTopic);
    expect(names.read(kafkaTopic)).toEqual(topic);
  });

  it('gives every topic a name of its own that Kafka takes, and reads it back', () => {
    const topic = fc.record({
      name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 15 }),
      generation: fc.nat(),
    });
    fc.assert(
      fc.property(topic, (each) => {
        const kafkaTopic = names.of(each);
        expect(kafkaTopic).toMatch(/^[A-Za-z0-9_-]{1,249}$/);
        expect(kafkaTopic).not.toBe(names.catalogue);
        expect(names.read(kafkaTopic)).toEqual(each);
      }),
    );
  });

  it.each([
    'cars',
    'hub-',
    'hub-_Catalogue',
    'hub-a_',
    'hub-a_2',
    'hub-a_2E',
    'hub-a_41',
    'hub-_ff',
    'hub-a_G0',
    'hub-a.b',
  ])('reads no topic from %s', (kafkaTopic) => {
    expect(names.read(kafkaTopic)).toBeUndefined();
  });

  it('refuses a name that is too long for Kafka', () => {
    expect(() => names.of({ name: '€'.repeat(28), generation: 0 })).toThrow(
      expect.objectContaining({
        code: 'invalid_name',
        message: expect.stringContaining('256 characters') as string,
      }) as Error,
    );
  });
});
