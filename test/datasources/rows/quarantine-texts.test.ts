import { scan, schemaOf } from '../support/scanning';

const schema = schemaOf('a Int16', 'b String');

describe('scanRows › what is quarantined', () => {
  it.each([
    ['a plain text', '"abc"', 'abc'],
    ['an empty text', '""', ''],
    ['escapes', String.raw`"\u0041\n\""`, 'A\n"'],
    ['other letters', '"é😀"', 'é😀'],
    ['half of a surrogate pair', String.raw`"\ud800"`, '\ufffd'],
    ['the last letter of ASCII and the first behind it', '"~\x7f\x80"', '~\x7f\x80'],
    ['a space and a slash', '" \\/"', ' /'],
    ['an object', '{"x":"y"}', '{"x":"y"}'],
    ['a number', '-1.50e3', '-1.50e3'],
    ['a word', 'true', 'true'],
    ['null', 'null', null],
  ])('keeps %s as it was written', (_, written, original) => {
    const { quarantine } = scan(`{"a":${written},"b":5}`, schema);
    expect(quarantine.map(({ originals }) => originals)).toEqual([[original, '5']]);
  });

  it('reports the faults of each row when those of rows alternate', () => {
    const { quarantine } = scan('x\n{"b":""}\n{"a":null}\ny\nx\n{"b":""}\n{"a":1,"b":""}', schema);
    const missing = (name: string) => expect.stringContaining(`does not have column '${name}'`) as string;
    expect(quarantine.map(({ columns, reasons }) => [columns, reasons])).toEqual([
      [[''], [expect.stringContaining('found "x"')]],
      [['a'], [missing('a')]],
      [
        ['a', 'b'],
        [expect.stringContaining('value null'), missing('b')],
      ],
      [[''], [expect.stringContaining('found "y"')]],
      [[''], [expect.stringContaining('found "x"')]],
      [['a'], [missing('a')]],
    ]);
  });
});
