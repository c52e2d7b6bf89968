import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Journal } from './support/journal';
import { CSHARP_METHODS, functionalMethods, kindsOf } from './support/functional-methods';

const declared: Readonly<Record<string, { readonly parameters: readonly string[] }>> = functionalMethods(new Journal());
const SCENARIOS = readFileSync(join(__dirname, 'scenarios', 'functional.ts'), 'utf8');

/** Methods that tell of the request: not covered yet. */
const UNCOVERED = ['GetNumRedirects', 'GetActiveTransportName'];

describe("the hub of the functional tests of Microsoft's JavaScript client", () => {
  it.each(Object.entries(CSHARP_METHODS).filter(([name]) => !UNCOVERED.includes(name)))(
    'has %s(%j), of the same types, and a scenario calls it',
    (name, types) => {
      expect(declared[name]?.parameters).toEqual(kindsOf(types));
      expect(SCENARIOS).toContain(`'${name}'`);
    },
  );

  it('lacks no other method', () => {
    expect(Object.keys(CSHARP_METHODS).filter((name) => declared[name] === undefined)).toEqual(UNCOVERED);
  });
});
