import { SentBatches } from '../../src/moving/sent-batches';

const MEBIBYTE = 1024 * 1024;

describe('SentBatches', () => {
  it('waits when too much is on its way', async () => {
    const sent = new SentBatches();
    await sent.add(15 * MEBIBYTE, new Promise(() => undefined));
    let finish = (): void => undefined;
    let isThere = false;
    const added = sent
      .add(2 * MEBIBYTE, new Promise<void>((resolve) => (finish = resolve)))
      .then(() => (isThere = true));
    await new Promise(setImmediate);
    expect(isThere).toBe(false);
    finish();
    await added;
  });

  it('tells the first failure when the others are settled', async () => {
    const sent = new SentBatches();
    let finish = (): void => undefined;
    await sent.add(1, new Promise<void>((resolve) => (finish = resolve)));
    await sent.add(1, Promise.reject(new Error('first'))).catch(() => undefined);
    const drained = sent.drain();
    let isOver = false;
    void drained.catch(() => (isOver = true));
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    finish();
    await expect(drained).rejects.toThrow('first');
    await expect(sent.add(1, Promise.resolve())).rejects.toThrow('first');
  });
});
