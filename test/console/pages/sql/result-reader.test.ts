import { BrokenResult, ResultReader, type ResultColumn } from '../../../../src/console/pages/sql/result-reader';

const DOCUMENT = `{"meta":[{"name":"n\\"[","type":"Int64"},{"name":"t","type":"String"}],
"data":[
[9007199254740993,"a]\\"\\\\"],
[-1,[ {"x":
"]"} ]],
[null,"\\u005d"]
],"rows":3,"rows_before_limit_at_least":3,"statistics":{"elapsed":0.01,"rows_read":3,"bytes_read":60}}
`;
const EMPTY =
  '{"meta":[{"name":"n","type":"Int64"}],\n"data":[\n],"rows":0,"statistics":{"elapsed":0,"rows_read":0,"bytes_read":0}}';

function read(pieces: readonly string[]) {
  const rows: string[] = [];
  let columns: readonly ResultColumn[] = [];
  const reader = new ResultReader({
    onColumns: (named) => {
      columns = named;
    },
    onRow: (text) => rows.push(text),
  });
  for (const piece of pieces) reader.push(piece);
  return { rows, columns, end: reader.end() };
}

const WHOLE = {
  columns: [
    { name: 'n"[', type: 'Int64' },
    { name: 't', type: 'String' },
  ],
  rows: ['[9007199254740993,"a]\\"\\\\"]', '[-1,[ {"x":\n"]"} ]]', '[null,"\\u005d"]'],
  end: { rows: 3, statistics: { elapsed: 0.01, rows_read: 3, bytes_read: 60 } },
};

describe('ResultReader', () => {
  it('gives columns, the text of each row, and what stands behind them', () => {
    expect(read([DOCUMENT])).toEqual(WHOLE);
    expect(read([EMPTY])).toMatchObject({ rows: [], end: { rows: 0 } });
  });

  it('gives the same wherever the text is cut', () => {
    expect(read(Array.from(DOCUMENT))).toEqual(WHOLE);
    for (let at = 1; at < DOCUMENT.length; at += 1) {
      expect(read([DOCUMENT.slice(0, at), DOCUMENT.slice(at)])).toEqual(WHOLE);
    }
  });

  it('gives columns before the first row, so that a file can be begun', () => {
    const told: string[] = [];
    const reader = new ResultReader({ onColumns: () => told.push('columns'), onRow: (text) => told.push(text) });
    reader.push(DOCUMENT.slice(0, DOCUMENT.indexOf('[9')));
    expect(told).toEqual(['columns']);
  });

  it.each([
    ['nothing', ''],
    ['half of it', DOCUMENT.slice(0, 120)],
    ['a page', '<html>'],
  ])('refuses %s', (_, text) => {
    expect(() => read([text])).toThrow(BrokenResult);
  });
});
