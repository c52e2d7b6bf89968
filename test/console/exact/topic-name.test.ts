import { whyNoTopicName } from '../../../src/console/exact/topic-name';
import { checkTopicName } from '../../../src/events/names';

/** What the server has against a name. */
function refusalOf(name: string): string | undefined {
  try {
    checkTopicName(name);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('whyNoTopicName', () => {
  it.each(['cars', 'my cars', 'Köln', 'a.b', '...', 'a'.repeat(255), 'é'.repeat(127)])('takes %j', (name) => {
    expect(whyNoTopicName(name)).toBeUndefined();
    expect(refusalOf(name)).toBeUndefined();
  });

  it.each(['', '.', '..', 'a/b', 'a\\b', 'a\nb', '\ud800', 'x'.repeat(256), 'é'.repeat(128), 'x'.repeat(300)])(
    'says of %j what the server says',
    (name) => {
      expect(whyNoTopicName(name)).toBe(refusalOf(name));
      expect(refusalOf(name)).toBeDefined();
    },
  );
});
