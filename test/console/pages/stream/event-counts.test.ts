import { countQuery, readCounts, sqlName, sqlText } from '../../../../src/console/pages/stream/event-counts';
import { append, atTime } from './stored-events';
import { TestHub } from '../../../support/test-hub';

describe('sqlText', () => {
  it.each([
    ['plain', "'plain'"],
    ["it's", "'it''s'"],
    ['a\\b', "('a' || char(92) || 'b')"],
    ['\\', "('' || char(92) || '')"],
  ])('quotes %s', (text, quoted) => {
    expect(sqlText(text)).toBe(quoted);
  });
});

describe('sqlName', () => {
  it('quotes quotes', () => {
    expect(sqlName('my "cars"')).toBe('"my ""cars"""');
  });
});

describe('countQuery', () => {
  it.each([
    ['cars', 'car-1', 'Alert'],
    ['my "cars"; --', "o'neil", "it's"],
    ['<b>', 'a%b_c', 'x\u2028y'],
  ])('is answered by the server for topic %s, stream %s and id %s', async (topic, streamId, id) => {
    const hub = await TestHub.start();
    await append(hub, { topic, streamId }, [atTime(-3n, id), atTime(14n, id), atTime(15n, id), atTime(15n, 'other')]);
    const count = async (ids: readonly string[], of: string | undefined): Promise<unknown> => {
      const q = countQuery({ topic, streamId: of }, ids, { from: -10n, to: 20n }, 10n);
      const response = await hub.post('/v0/sql', { q });
      const text = await response.text();
      expect([response.status, text]).toEqual([200, text]);
      return readCounts(JSON.parse(text) as Parameters<typeof readCounts>[0]);
    };
    const all = new Map([
      [-10n, new Map([[id, 1]])],
      [
        10n,
        new Map([
          [id, 2],
          ['other', 1],
        ]),
      ],
    ]);
    expect(await count([], undefined)).toEqual(all);
    expect(await count([id, 'none'], streamId)).toEqual(
      new Map([...all].map(([at, by]) => [at, new Map([[id, by.get(id)]])])),
    );
    expect(await count([], 'none')).toEqual(new Map());
  });
});
