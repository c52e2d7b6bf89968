import { cellsOf } from '../../../../src/console/exact/cells';
import { csvRow } from '../../../../src/console/pages/sql/csv';

describe('csvRow', () => {
  it.each([
    ['[1,"a",true,null]', '1,a,true,\r\n'],
    ['["",null]', '"",\r\n'],
    ['["a,b","c\\"d","e\\nf"," g"]', '"a,b","c""d","e\nf", g\r\n'],
    ['[{"a":[1,"x"]}]', '"{""a"":[1,""x""]}"\r\n'],
  ])('writes %s as RFC 4180 says', (row, line) => {
    expect(csvRow(cellsOf(row))).toBe(line);
  });

  it.each(['=1+1', '+x', '-x', '@sum', '\\tcmd', '=HYPERLINK(\\"http://x\\")', '-1+1|cmd'])(
    'lets no spreadsheet take the text %s for a formula',
    (text) => {
      expect(csvRow(cellsOf(`["${text}"]`))).toMatch(/^"?'/);
    },
  );

  it('leaves numbers alone, texts of them too, and writes each digit', () => {
    expect(csvRow(cellsOf('[-1,9007199254740993,1.10,-1e300,"-5","-1.5"]'))).toBe(
      '-1,9007199254740993,1.10,-1e300,-5,-1.5\r\n',
    );
  });
});

describe('cellsOf', () => {
  it('loses no digit, at no depth', () => {
    expect(cellsOf('[123456789012345678901234567890,[9007199254740993],{"a":0.10}]')).toEqual([
      { kind: 'number', text: '123456789012345678901234567890' },
      { kind: 'json', text: '[9007199254740993]' },
      { kind: 'json', text: '{"a":0.10}' },
    ]);
  });
});
