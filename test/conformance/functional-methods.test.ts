import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Journal } from './support/journal';
import { CSHARP_METHODS, functionalMethods, kindsOf } from './support/functional-methods';

const declared: Readonly<Record<string, { readonly parameters: readonly string[] }>> = functionalMethods(new Journal());
const SCENARIOS = readFileSync(join(__dirname, 'scenarios', 'functional.ts'), 'utf8');

describe("the hub of the functional tests of Microsoft's JavaScript client", () => {
  it.each(Object.entries(CSHARP_METHODS))('has %s(%j), of the same types, and a scenario calls it', (name, types) => {
    expect(declared[name]?.parameters).toEqual(kindsOf(types));
    expect(SCENARIOS).toContain(`'${name}'`);
  });
});
