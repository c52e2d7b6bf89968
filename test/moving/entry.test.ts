import { misfitEntry, rowEntry } from '../../src/moving/entry';
import { packageEntry } from '../../src/moving/package-entry';

const same = (one: string, other: string): boolean => {
  const [a, b] = [one, other].map((json) => packageEntry({ position: '1', streamId: 's', json }).content);
  return a === b;
};

describe('rowEntry', () => {
  it('writes integers with all digits, and floats so that they stay floats', () => {
    const values = [9_223_372_036_854_775_807n, 1, -0, 1e300, 0.5, 'a"\0', null];
    expect(rowEntry({ position: '1', values, rest: '{"b": 1.50}' }).text).toBe(
      String.raw`[{"b": 1.50},9223372036854775807,1.0,-0.0,1e+300,0.5,"a\"\u0000",null]`,
    );
  });
});

describe('misfitEntry', () => {
  it('keeps every byte', () => {
    const raw = new Uint8Array([9, 0, 255, 9]).subarray(1, 3);
    const misfit = { position: 'q1', raw, columns: '["c"]', reasons: '["why"]', originals: '[null]', storedAt: 0 };
    expect(misfitEntry(misfit).text).toBe('["AP8=",["c"],["why"],[null]]');
  });
});

describe('the content of a package', () => {
  it.each([
    ['{"timestamps":[1]}', '{ "timestamps" : [ 1 ] }'],
    ['{"timestamps":[1]}', '{"numericValues":{},"timestamps":[1],"tagValues":{}}'],
    ['{"timestamps":[1],"numericValues":{"a":[1],"10":[2]}}', '{"numericValues":{"10":[2],"a":[1]},"timestamps":[1]}'],
    ['{"timestamps":[1],"stringValues":{"a":["\\u0062"]}}', '{"timestamps":[1],"stringValues":{"\\u0061":["b"]}}'],
  ])('is the same for %s and %s', (one, other) => {
    expect(same(one, other)).toBe(true);
  });

  it.each([
    ['{"timestamps":[1],"numericValues":{"a":[1.0]}}', '{"timestamps":[1],"numericValues":{"a":[1]}}'],
    ['{"timestamps":[9007199254740993]}', '{"timestamps":[9007199254740992]}'],
    ['{"timestamps":[1],"stringValues":{"a":["1"]}}', '{"timestamps":[1],"numericValues":{"a":[1]}}'],
    ['{"timestamps":[1],"epoch":1}', '{"timestamps":[1]}'],
    ['{"timestamps":[1,2]}', '{"timestamps":[2,1]}'],
    ['{"timestamps":[1],"numericValues":{"a":[null]}}', '{"timestamps":[1]}'],
  ])('is another one for %s and %s', (one, other) => {
    expect(same(one, other)).toBe(false);
  });
});
