import { describe as describeStream } from '../../src/feed/stream-description';
import { NO_DEFINITIONS } from '../../src/store/contract/definitions';

const parametersOf = (text: string): Record<string, unknown> =>
  (JSON.parse(`{${text}}`) as { parameters: Record<string, unknown> }).parameters;

describe('what is told of the parameters of an active stream', () => {
  it('has the type of what was seen, and Unknown where nothing was', () => {
    const definitions = { parameters: [{ id: 'Speed', unit: 'km/h' }, { id: 'Gear' }], events: [] };
    expect(describeStream(definitions, [{ id: 'Speed', kind: 'numeric' }])).toBe(
      '"parameters":{"Speed":{"dataType":"Numeric","unit":"km/h"},"Gear":{"dataType":"Unknown"}},"events":{}',
    );
  });

  it('lists what was seen and not defined', () => {
    const text = describeStream(NO_DEFINITIONS, [
      { id: '__proto__', kind: 'string' },
      { id: '10', kind: 'binary' },
    ]);
    expect(text).toBe('"parameters":{"__proto__":{"dataType":"String"},"10":{"dataType":"Binary"}},"events":{}');
  });

  it.each([
    [['binary', 'string', 'numeric'], 'Numeric'],
    [['binary', 'string'], 'String'],
    [['string', 'binary'], 'String'],
  ] as const)('takes the first type of an id that has several: %j', (kinds, dataType) => {
    const seen = kinds.map((kind) => ({ id: 'x', kind }));
    expect(parametersOf(describeStream(NO_DEFINITIONS, seen))).toEqual({ x: { dataType } });
  });

  it('has at most 64 KiB: no definitions that are longer, and of the others as many as there is room for', () => {
    const seen = Array.from({ length: 3000 }, (_, index) => ({ id: `parameter ${index}`, kind: 'numeric' }) as const);
    const defined = { parameters: [{ id: 'Speed', description: 'x'.repeat(40_000) }], events: [] };
    const text = describeStream(defined, seen);
    expect(text.length).toBeLessThan(64 * 1024 + 50);
    expect(Object.keys(parametersOf(text)).slice(0, 2)).toEqual(['Speed', 'parameter 0']);
    expect(Object.keys(parametersOf(text)).length).toBeGreaterThan(400);
    const tooLong = { parameters: [{ id: 'parameter 0', description: 'x'.repeat(70_000) }], events: [] };
    expect(parametersOf(describeStream(tooLong, seen.slice(0, 1)))).toEqual({ 'parameter 0': { dataType: 'Numeric' } });
  });
});
