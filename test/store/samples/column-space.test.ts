import { ColumnSpace, OWN_MEMORY } from '../../../src/store/samples/column-space';

describe('ColumnSpace', () => {
  it('gives other memory until it is reset, and then the same again', () => {
    const space = new ColumnSpace();
    const first = [space.take(256), space.take(3)];
    first[0]!.fill(1);
    first[1]!.fill(2);
    expect([first[0]!.length, first[0]![0], first[1]]).toEqual([256, 1, Float64Array.of(2, 2, 2)]);
    space.reset();
    const again = [space.take(256), space.take(3)];
    expect(again[0]).toBe(first[0]);
    expect(again[1]!.buffer).toBe(first[1]!.buffer);
  });

  it.each([0, 1, 255, 256, 257, 5000])('gives memory for %d numbers', (count) => {
    const space = new ColumnSpace();
    space.take(1);
    space.reset();
    expect(space.take(count).length).toBe(count);
  });
});

describe('OWN_MEMORY', () => {
  it('gives other memory each time', () => {
    const [one, two] = [OWN_MEMORY.take(3), OWN_MEMORY.take(3)];
    one.fill(1);
    expect(two).toEqual(Float64Array.of(0, 0, 0));
  });
});
