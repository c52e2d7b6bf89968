import Database from 'better-sqlite3';
import fc from 'fast-check';
import type { ColumnStorage } from '../../../../src/store/contract/row-store';
import { StoredRowReader, type StoredValue } from '../../../../src/store/sqlite/writer/stored-row-reader';

function readAll(text: string, storages: readonly ColumnStorage[]): StoredValue[][] {
  const reader = new StoredRowReader(Buffer.from(text), storages);
  const rows: StoredValue[][] = [];
  for (let row = reader.next(); row !== undefined; row = reader.next()) rows.push(row);
  return rows;
}

const LONG = 'x'.repeat(100);

describe('StoredRowReader', () => {
  it.each([
    ['nothing', '', []],
    ['a row without columns', '[null]', [[null]]],
    [
      'several rows, with spaces anywhere',
      ' [null , 1 ]\n,\t[ "r" , 2 ] ',
      [
        [null, 1],
        ['r', 2],
      ],
    ],
    ['short and long strings', `[null,"","a","${LONG}"]`, [[null, '', 'a', LONG]]],
    ['strings that are not ASCII', '[null,"ä😀","b"]', [[null, 'ä😀', 'b']]],
    [
      'escapes near the start and far from it',
      `[null,"\\"a\\\\","${LONG}\\"${LONG}\\\\"]`,
      [[null, '"a\\', `${LONG}"${LONG}\\`]],
    ],
    ['a NUL character', '[null,"a\\u0000b"]', [[null, 'a\0b']]],
    ['arrays and objects as their text', '[null,[1, 2 ],{"a" : [ "] }" ]}]', [[null, '[1,2]', '{"a":["] }"]}']]],
    ['what is not ASCII in them', '[null,[ "ä" , "😀" ]]', [[null, '["ä","😀"]']]],
  ])('reads %s', (_, text, rows) => {
    expect(readAll(text, ['text', 'text', 'text'])).toEqual(rows);
  });

  it.each([
    ['integer', '2147483647', 2_147_483_647],
    ['integer', '2147483648', 2_147_483_648n],
    ['integer', '-9223372036854775808', -(2n ** 63n)],
    ['real', '3', 3],
    ['real', '1.5e3', 1500],
    ['any', '7', 7n],
  ] as const)('reads %s %s exactly', (storage, digits, value) => {
    expect(readAll(`[null,${digits}]`, [storage])).toEqual([[null, value]]);
  });

  it.each([
    'x',
    '[',
    '[null',
    '[null,',
    '[null,"',
    '[null,"a\\"',
    '[null,[1',
    '[null,{"a":"b]',
    '[null,nul]',
    '[null,]',
    '[null,x]',
    '[null] x',
  ])('refuses %s, as nobody makes such a text', (text) => {
    expect(() => readAll(text, ['text'])).toThrow('does not hold rows');
  });

  it('gives the text of any array or object as SQLite does', () => {
    const database = new Database(':memory:');
    const minify = database.prepare<[string], string>('SELECT json(?)').pluck();
    const space = fc.constantFrom('', ' ', '\n', '\t  ');
    fc.assert(
      fc.property(
        fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())),
        space,
        (value, indent) => {
          const text = JSON.stringify(value, undefined, indent);
          expect(readAll(`[null,${text}]`, ['text'])).toEqual([[null, minify.get(text)]]);
        },
      ),
    );
    database.close();
  });
});
