import { QueryHistory } from '../../../../src/console/pages/sql/history';

function storage(content?: string) {
  const kept = new Map<string, string>(content === undefined ? [] : [['writer-hub.sql-history', content]]);
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

describe('QueryHistory', () => {
  it('keeps the latest first, each once, and outlives the page', () => {
    const kept = storage();
    const history = new QueryHistory(kept);
    for (const [at, query] of ['SELECT 1', 'SELECT 2', ' SELECT 1 '].entries()) history.add(query, at);
    expect(new QueryHistory(kept).list()).toEqual([
      { query: 'SELECT 1', at: 2 },
      { query: 'SELECT 2', at: 1 },
    ]);
    history.clear();
    expect(history.list()).toEqual([]);
  });

  it('keeps no more than fifty, nothing empty and nothing very long', () => {
    const history = new QueryHistory(storage());
    for (let n = 0; n < 60; n += 1) history.add(`SELECT ${n}`, n);
    history.add('  ', 60);
    history.add('x'.repeat(10_001), 61);
    expect(history.list()).toHaveLength(50);
    expect(history.list()[0]).toEqual({ query: 'SELECT 59', at: 59 });
  });

  it.each(['no JSON', '{}', '[1, null, {"query": 1}]'])('takes %s in the storage for nothing', (content) => {
    expect(new QueryHistory(storage(content)).list()).toEqual([]);
  });

  it('works where storage is forbidden or full', () => {
    const forbidden = (): never => {
      throw new Error('forbidden');
    };
    const history = new QueryHistory({ getItem: forbidden, setItem: forbidden, removeItem: forbidden });
    expect(history.add('SELECT 1', 1)).toEqual([{ query: 'SELECT 1', at: 1 }]);
    history.clear();
  });
});
