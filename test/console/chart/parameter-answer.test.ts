import {
  bucketsOf,
  rangeOfSamples,
  samplesOf,
  type AggregateAnswer,
} from '../../../src/console/chart/parameter-answer';

const digits = (text: string): { toString(): string } => ({ toString: () => text });

const EMPTY: AggregateAnswer = { timestamps: [], numericValues: {}, stringValues: {}, binaryValues: {} };

describe('bucketsOf', () => {
  it('reads the buckets of a parameter that have samples', () => {
    const answer = {
      ...EMPTY,
      timestamps: [digits('1700000000000000000'), digits('1700000001000000000')],
      numericValues: {
        Speed: { count: [2, null], min: [1, null], max: [digits('12345678901234567890'), null], mean: [null, null] },
      },
    };
    expect(bucketsOf(answer, 'Speed')).toEqual([
      {
        ...{ start: 1_700_000_000_000_000_000n, count: 2, min: 1, max: Number('12345678901234567890'), mean: null },
        maxText: '12345678901234567890',
      },
    ]);
  });

  it.each(['Gear', 'constructor', '__proto__'])('has none of %s, which is not in it', (parameter) => {
    expect(bucketsOf(EMPTY, parameter)).toEqual([]);
  });
});

describe('rangeOfSamples', () => {
  it('reaches from the first sample to behind the last, over both kinds of an id', () => {
    const answer = {
      ...EMPTY,
      numericValues: {
        x: { firstTimestamps: [digits('20'), digits('40')], lastTimestamps: [digits('30'), digits('50')] },
      },
      stringValues: { x: { firstTimestamps: [digits('-7')], lastTimestamps: [digits('9')] } },
    };
    expect(rangeOfSamples(answer, 'x')).toEqual({ from: -7n, to: 51n });
  });

  it('is nothing where there are no samples', () => {
    expect(rangeOfSamples(EMPTY, 'x')).toBeUndefined();
  });
});

describe('samplesOf', () => {
  it('adds the epoch to each timestamp, exactly, and leaves out what is null', () => {
    const sent = {
      epoch: '1700000000000000001',
      timestamps: ['0', '1', '2'],
      numericValues: { Speed: [1.5, null, 3] },
    };
    expect(samplesOf(sent, 'Speed')).toEqual([
      [1_700_000_000_000_000_001n, 1.5],
      [1_700_000_000_000_000_003n, 3],
    ]);
    expect(samplesOf(sent, 'Gear')).toEqual([]);
  });
});
