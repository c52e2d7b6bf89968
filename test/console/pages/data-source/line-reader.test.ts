import { LineReader } from '../../../../src/console/pages/data-source/line-reader';

describe('LineReader', () => {
  it.each([[['a\nb\n']], [['a', '\n', 'b\n', 'c']], [['a\r', '\nb\r\nno end']]])('puts %j together', (pieces) => {
    const lines: string[] = [];
    const reader = new LineReader((line) => lines.push(line));
    for (const piece of pieces) reader.push(piece);
    expect(lines).toEqual(['a', 'b']);
  });
});
