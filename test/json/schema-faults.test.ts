import { z } from 'zod';
import { faultsOf } from '../../src/json/schema-faults';

const schema = z.strictObject({
  scopes: z.array(z.string().min(1)),
  options: z.strictObject({ name: z.string().regex(/^a/, 'a name begins with a') }).optional(),
});

describe('the faults of a value', () => {
  it.each<[string, unknown, string]>([
    ['another kind of value', 5, 'expected object, received number'],
    ['a member that is missing', {}, 'scopes: expected array, received undefined'],
    ['a member that is unknown', { scopes: [], more: 1 }, 'unrecognized key: "more"'],
    ['an item', { scopes: ['a', 5] }, 'scopes[1]: expected string, received number'],
    ['a member of a member', { scopes: [], options: { name: 'b' } }, 'options.name: a name begins with a'],
    [
      'several',
      { scopes: 1, options: { name: 'b' } },
      'scopes: expected array, received number; options.name: a name begins with a',
    ],
  ])('stand on one line: %s', (_, value, text) => {
    const { error } = schema.safeParse(value);
    expect(error && faultsOf(error)).toBe(text);
  });
});
