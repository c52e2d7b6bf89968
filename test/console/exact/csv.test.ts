import { csvCell, csvLine } from '../../../src/console/exact/csv';

describe('csvCell', () => {
  it.each([
    ['a formula', '=1+1', "'=1+1"],
    ['a formula with a plus', '+A1', "'+A1"],
    ['a formula with a minus', '-2+3+cmd|x', "'-2+3+cmd|x"],
    ['a function', '@SUM(1)', "'@SUM(1)"],
    ['a tab in front', '\t=1', "'\t=1"],
    ['a formula with a quote', '=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['a negative number', '-12.5', '-12.5'],
    ['a number with a plus', '+1', '+1'],
    ['a small number', '-1e-9', '-1e-9'],
    ['nineteen digits', '1618133869123456789', '1618133869123456789'],
    ['plain text', 'box', 'box'],
    ['a comma', 'a,b', '"a,b"'],
    ['a line break', 'a\nb', '"a\nb"'],
    ['nothing', '', ''],
  ])('writes %s', (_, text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });
});

describe('csvLine', () => {
  it('ends as RFC 4180 has it', () => {
    expect(csvLine(['a', '"', '-1'])).toBe('a,"""",-1\r\n');
  });
});
