import { ViewScope } from '../../../../src/store/kafka/views/view-scope';

describe('ViewScope', () => {
  it.each<[text: string, topic: string, has: boolean]>([
    ['all', 'cars', true],
    ['none', 'cars', false],
    ['cars', 'cars', true],
    ['cars', 'cars-2', false],
    ['cars*', 'cars-2', true],
    ['trains, cars', 'cars', true],
    ['*', 'anything', true],
    ['trains', 'cars', false],
  ])('%s: %s is %s', (text, topic, has) => {
    expect(new ViewScope(text).has(topic)).toBe(has);
  });

  it('knows whether it is all there is', () => {
    expect(['all', '*', 'a*', 'none'].map((text) => new ViewScope(text).isAll)).toEqual([true, true, false, false]);
  });
});
