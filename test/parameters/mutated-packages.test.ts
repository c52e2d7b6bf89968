import { Random } from '../../bench/support/random';
import { mutatedPackage } from './support/mutations';
import { type Outcome, tryPackage } from './support/package-trial';

describe('mutated packages', () => {
  it('are refused, or kept as they were sent', () => {
    const random = new Random(20_180_101);
    const outcomes = new Set<Outcome>();
    for (let n = 0; n < 20_000; n++) {
      const text = mutatedPackage(random);
      try {
        outcomes.add(tryPackage(text));
      } catch (cause) {
        throw new Error(`package ${n}, ${JSON.stringify(text.toString('latin1'))}`, { cause });
      }
    }
    expect([...outcomes].sort()).toEqual(['empty', 'invalid_parameters', 'malformed_json', 'stored']);
  });
});
