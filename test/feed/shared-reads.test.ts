import { SharedReads } from '../../src/feed/shared-reads';

/** Reads that keep results of this many characters at the most, unless they end in a question mark. */
function reads(maxBytes: number): {
  shared: SharedReads<string>;
  asked: string[];
  ask: (key: string) => Promise<string>;
} {
  const shared = new SharedReads<string>({
    maxBytes: () => maxBytes,
    bytesOf: (text) => (text.endsWith('?') ? undefined : text.length),
  });
  const asked: string[] = [];
  const ask = (key: string): Promise<string> =>
    shared.run(key, () => {
      asked.push(key);
      return Promise.resolve(key);
    });
  return { shared, asked, ask };
}

describe('SharedReads', () => {
  it('reads once for all who ask at one time', async () => {
    const { asked, ask } = reads(0);
    expect(await Promise.all([ask('a'), ask('a'), ask('b')])).toEqual(['a', 'a', 'b']);
    expect(asked).toEqual(['a', 'b']);
  });

  it('reads again where nothing is kept', async () => {
    const shared = new SharedReads<number>();
    let count = 0;
    const read = (): Promise<number> => Promise.resolve((count += 1));
    expect([await shared.run('a', read), await shared.run('a', read)]).toEqual([1, 2]);
  });

  it('keeps results for those who ask later, the ones that were asked for last', async () => {
    const { shared, asked, ask } = reads(6);
    for (const key of ['aaa', 'bbb', 'aaa', 'ccc', 'aaa', 'bbb']) expect(await ask(key)).toBe(key);
    expect(asked).toEqual(['aaa', 'bbb', 'ccc', 'bbb']);
    expect(shared.bytes).toBe(6);
  });

  it('keeps nothing that is larger than its room, or that may be another one soon', async () => {
    const { shared, asked, ask } = reads(6);
    for (const key of ['aaaaaaa', 'aaaaaaa', 'b?', 'b?']) await ask(key);
    expect(asked).toEqual(['aaaaaaa', 'aaaaaaa', 'b?', 'b?']);
    expect(shared.bytes).toBe(0);
  });

  it('forgets what it kept, and what it was reading meanwhile', async () => {
    const { shared, asked, ask } = reads(100);
    await ask('kept');
    const under = ask('under way');
    shared.clear();
    expect(await under).toBe('under way');
    expect(shared.bytes).toBe(0);
    await Promise.all([ask('kept'), ask('under way')]);
    expect(asked).toEqual(['kept', 'under way', 'kept', 'under way']);
  });

  it('keeps nothing of a read that fails', async () => {
    const { ask } = reads(100);
    const shared = new SharedReads<string>({ maxBytes: () => 100, bytesOf: ({ length }) => length });
    await expect(shared.run('a', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    expect(await shared.run('a', () => ask('a'))).toBe('a');
  });
});
