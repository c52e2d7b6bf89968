import fc from 'fast-check';
import { anySamples, inOrder, listOf, type ListedSample } from './support/samples';

describe('SampleList', () => {
  it('sorts samples by time, then by arrival', () => {
    const rule = fc.property(anySamples('string'), (samples) => {
      const { timestamps, offsets, indexes, tags, values } = listOf(samples).sorted();
      const sorted = values.map((text, at): ListedSample => ({
        ...{ timestamp: timestamps[at]!, offset: offsets[at]!, index: indexes[at]!, tags: tags[at]!, text },
      }));
      expect(sorted).toEqual(inOrder(samples));
    });
    fc.assert(rule);
  });

  it('is not copied when it is in order', () => {
    const list = listOf([1n, 2n, 2n].map((timestamp, index) => ({ timestamp, offset: 1, index, tags: '', text: 'x' })));
    expect(list.sorted()).toBe(list);
  });

  it('takes all samples of another, which may break its order', () => {
    const one = listOf([{ timestamp: 2n, offset: 1, index: 0, tags: '', text: 'a' }]);
    one.addAll(listOf([{ timestamp: 1n, offset: 2, index: 0, tags: '[["x","y"]]', text: 'b' }]));
    expect(one.sorted()).toMatchObject({ values: ['b', 'a'], tags: ['[["x","y"]]', ''], length: 2 });
  });
});
