import { type Findings, StreamCheck, StreamLedger } from './ledger';

type Fault = keyof Findings['faults'];

const NO_FAULTS: Findings['faults'] = {
  lost: 0,
  partial: 0,
  repeated: 0,
  disordered: 0,
  storedRefused: 0,
  overtaking: 0,
  unknown: 0,
};

/** Two batches of two events acknowledged, the third refused, the fourth unanswered; all in one run but the last. */
function ledger(): StreamLedger {
  const made = new StreamLedger('s');
  for (const run of [0, 0, 0, 0, 1]) made.write(2, run);
  made.answer(0, 'acknowledged');
  made.answer(1, 'acknowledged');
  made.answer(2, 'refused');
  return made;
}

function findings(values: readonly string[]): Findings {
  const check = new StreamCheck(ledger());
  values.forEach((value, index) => {
    check.accept({ offset: String(index + 1), timestamp: '1', id: 'fault', value });
  });
  return check.findings();
}

describe('StreamCheck', () => {
  it.each<[string, string[], number]>([
    ['without the unanswered batches', ['0/0', '0/1', '1/0', '1/1'], 0],
    ['with an unanswered batch', ['0/0', '0/1', '1/0', '1/1', '3/0', '3/1'], 1],
    ['with an unanswered batch of a later run only', ['0/0', '0/1', '1/0', '1/1', '4/0', '4/1'], 1],
  ])('finds no fault in a whole stream %s', (_, values, storedUnanswered) => {
    expect(findings(values)).toMatchObject({ faults: NO_FAULTS, storedUnanswered, acknowledged: 2, refused: 1 });
  });

  it.each<[string, string[], Partial<Record<Fault, number>>]>([
    ['an acknowledged batch that is lost', ['0/0', '0/1'], { lost: 1 }],
    ['half an acknowledged batch', ['0/0', '0/1', '1/1'], { partial: 1 }],
    ['half an unanswered batch', ['0/0', '0/1', '1/0', '1/1', '3/0'], { partial: 1 }],
    ['an event twice', ['0/0', '0/1', '0/1', '1/0', '1/1'], { repeated: 1, disordered: 1 }],
    ['a batch twice', ['0/0', '0/1', '1/0', '1/1', '0/0', '0/1'], { repeated: 2, disordered: 1 }],
    ['events in another order', ['0/1', '0/0', '1/0', '1/1'], { disordered: 1 }],
    ['batches in another order', ['1/0', '1/1', '0/0', '0/1'], { disordered: 1 }],
    ['a refused batch', ['0/0', '0/1', '1/0', '1/1', '2/0', '2/1'], { storedRefused: 1 }],
    ['a batch whose forerunner is lost', ['1/0', '1/1'], { lost: 1, overtaking: 1 }],
    ['an event nobody sent', ['0/0', '0/1', '1/0', '1/1', '9/0'], { unknown: 1 }],
    ['an event past the end of its batch', ['0/0', '0/1', '0/2', '1/0', '1/1'], { unknown: 1 }],
    ['a value of another form', ['0/0', '0/1', 'x', '1/0', '1/1'], { unknown: 1 }],
  ])('finds %s', (_, values, faults) => {
    expect(findings(values).faults).toEqual({ ...NO_FAULTS, ...faults });
  });

  it('finds offsets that do not grow', () => {
    const check = new StreamCheck(ledger());
    for (const value of ['0/0', '0/1', '1/0', '1/1']) check.accept({ offset: '5', timestamp: '1', id: 'fault', value });
    expect(check.findings().faults).toEqual({ ...NO_FAULTS, disordered: 3 });
  });
});

describe('StreamLedger', () => {
  it('refuses a second answer to a batch', () => {
    expect(() => {
      ledger().answer(0, 'acknowledged');
    }).toThrow('answered twice');
  });

  it('writes events whose timestamps ascend from batch to batch', () => {
    const made = new StreamLedger('s');
    const texts = [made.write(2, 0).json, made.write(1, 0).json];
    const timestamps = texts.flatMap((text) =>
      [...text.matchAll(/"timestamp":(\d+)/g)].map((match) => BigInt(match[1]!)),
    );
    expect(timestamps).toEqual([1_700_000_000_000_000_000n, 1_700_000_000_000_000_001n, 1_700_000_000_001_000_000n]);
  });
});
