import { NameTable } from '../../../src/signalr/protocol/name-table';

describe('NameTable', () => {
  const table = new NameTable([
    ['type', 1],
    ['item', 2],
    ['é', 3],
    ['', 4],
  ]);

  it.each([
    ['type', 1],
    ['item', 2],
    ['é', 3],
    ['', 4],
    ['typ', undefined],
    ['types', undefined],
    ['tyre', undefined],
    ['Type', undefined],
    ['e', undefined],
    ['a name longer than all', undefined],
  ])('finds "%s" by its bytes, wherever they are, if it is there', (name, value) => {
    const bytes = Buffer.from(`type${name}item`);
    expect(table.find(bytes, 4, bytes.length - 4)).toBe(value);
  });
});
