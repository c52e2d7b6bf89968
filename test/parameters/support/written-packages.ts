import fc from 'fast-check';

/** A package as it should be kept. */
export interface PackageModel {
  readonly epoch: bigint;
  readonly timestamps: readonly bigint[];
  /** Columns by member and id; numbers as they are written. */
  readonly columns: Readonly<Record<string, Readonly<Record<string, readonly (string | null)[]>>>>;
}

/** Accepted text of a package, and the package it stands for. */
export interface WrittenPackage {
  readonly text: string;
  readonly model: PackageModel;
}

const space = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 3 }),
);
const string = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.string({ maxLength: 8 }));
const id = fc.oneof(
  fc.constantFrom('Speed', 'Gear', '__proto__', '10', 'a.b', 'a/b', 'constructor'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
);

/** A number as JSON has them, with whatever digits. */
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.integer().map(String),
  fc.stringMatching(/^-?(0|[1-9]\d{0,30})(\.\d{1,25})?([eE][+-]?\d{1,2})?$/),
);
const base64 = fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('base64'));

const VALUES = { numericValues: number, stringValues: string, binaryValues: base64, tagValues: string } as const;

/** A string as JSON, each character either plain or in one of its escapes. */
function quoted(value: string): fc.Arbitrary<string> {
  const characters = value.split('').map((unit) => {
    const escaped = `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    const isSurrogate = /[\ud800-\udfff]/.test(unit);
    // Half of a pair is written as the other half is: plain.
    return isSurrogate ? fc.constant(unit) : fc.constantFrom(JSON.stringify(unit).slice(1, -1), escaped);
  });
  return fc.tuple(...characters).map((parts) => `"${parts.join('')}"`);
}

/** Tokens with white space between them. */
function spaced(tokens: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...tokens.flatMap((token) => [space, token]), space).map((parts) => parts.join(''));
}

function list(open: string, items: readonly fc.Arbitrary<string>[], close: string): fc.Arbitrary<string> {
  const separated = items.flatMap((item, index) => (index === 0 ? [item] : [fc.constant(','), item]));
  return spaced([fc.constant(open), ...separated, fc.constant(close)]);
}

function member(name: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return spaced([name, fc.constant(':'), value]);
}

function memberName(name: string): fc.Arbitrary<string> {
  return fc.constantFrom(name, name[0]!.toUpperCase() + name.slice(1)).chain(quoted);
}

function written(integer: bigint): fc.Arbitrary<string> {
  const digits = String(integer);
  return fc.oneof({ weight: 3, arbitrary: fc.constant(digits) }, quoted(digits));
}

const times = fc.bigInt(-(2n ** 62n), 2n ** 62n - 1n);

const model: fc.Arbitrary<PackageModel> = fc.integer({ min: 1, max: 6 }).chain((count) => {
  const rows = { minLength: count, maxLength: count };
  const columnsOf = (values: fc.Arbitrary<string>) =>
    fc
      .uniqueArray(fc.tuple(id, fc.array(fc.option(values), rows)), { maxLength: 4, selector: ([name]) => name })
      .map((columns) => Object.fromEntries(columns) as Record<string, (string | null)[]>);
  const columns = Object.entries(VALUES).map(([name, values]) =>
    fc.option(columnsOf(values)).map((found) => [name, found] as const),
  );
  return fc.record({
    epoch: fc.oneof(fc.constant(0n), times),
    timestamps: fc.array(fc.oneof(times, fc.bigInt(-1000n, 1000n)), rows),
    columns: fc
      .tuple(...columns)
      .map((entries) => Object.fromEntries(entries.filter(([, found]) => found !== null)) as PackageModel['columns']),
  });
});

function column(name: string, values: readonly (string | null)[]): fc.Arbitrary<string> {
  const isNumber = name === 'numericValues';
  const elements = values.map((value) => (value === null || isNumber ? fc.constant(value ?? 'null') : quoted(value)));
  return list('[', elements, ']');
}

function textOf({ epoch, timestamps, columns }: PackageModel): fc.Arbitrary<string> {
  const members = [
    member(memberName('timestamps'), list('[', timestamps.map(written), ']')),
    ...(epoch === 0n ? [] : [member(memberName('epoch'), written(epoch))]),
    ...Object.entries(columns).map(([name, byId]) =>
      member(
        memberName(name),
        list(
          '{',
          Object.entries(byId).map(([key, values]) => member(quoted(key), column(name, values))),
          '}',
        ),
      ),
    ),
  ];
  const left = ['epoch', 'stringValues', 'tagValues'].filter((name) =>
    name === 'epoch' ? epoch === 0n : !(name in columns),
  );
  const nulls = left.map((name) => member(memberName(name), fc.constant('null')));
  return fc
    .tuple(fc.shuffledSubarray(members, { minLength: members.length }), fc.subarray(nulls))
    .chain(([all, some]) => fc.shuffledSubarray([...all, ...some], { minLength: all.length + some.length }))
    .chain((all) => list('{', all, '}'));
}

/** Packages that are accepted, written in every way in which they may be. */
export const writtenPackage: fc.Arbitrary<WrittenPackage> = model.chain((of) =>
  textOf(of).map((text) => ({ text, model: of })),
);
