import { waitRefusal } from '../../src/limits/wait-refusal';

describe('waitRefusal', () => {
  it.each([
    ['share', 'over_share', 'as many reads of this token wait already as may; try again in a second'],
    ['full', 'store_busy', 'too many reads wait; try again in a second'],
    ['timeout', 'store_busy', 'too many reads wait; try again in a second'],
  ] as const)('says of %s that it is %s', (failure, code, message) => {
    expect(waitRefusal('reads', failure)).toMatchObject({ code, message });
  });
});
