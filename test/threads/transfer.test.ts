import { Parcel } from '../../src/threads/transfer';

const MEBIBYTE = 1024 * 1024;

describe('Parcel', () => {
  it('hands over the memory of a large text that is owned and alone in it', async () => {
    const parcel = new Parcel();
    const text = new Uint8Array(MEBIBYTE);
    expect(await parcel.lend(text, true)).toBe(text);
    expect(parcel.transfer).toEqual([text.buffer]);
  });

  it.each([
    ['not owned', new Uint8Array(MEBIBYTE), false],
    ['in the memory of others', new Uint8Array(2 * MEBIBYTE).subarray(0, MEBIBYTE), true],
    ['so long that it is copied in steps', Buffer.alloc(5 * MEBIBYTE + 1), false],
  ] as const)('copies one that is %s', async (_, text, owned) => {
    for (let at = 0; at < text.length; at += 1000) text[at] = at % 251;
    const parcel = new Parcel();
    const lent = await parcel.lend(text, owned);
    expect(lent.buffer).not.toBe(text.buffer);
    expect(Buffer.compare(lent, text)).toBe(0);
    expect(parcel.transfer).toEqual([lent.buffer]);
  });

  it('copies a small one, and hands nothing over', async () => {
    const parcel = new Parcel();
    const lent = await parcel.lend(Buffer.from('abc'), true);
    expect(Buffer.from(lent).toString()).toBe('abc');
    expect(parcel.transfer).toEqual([]);
  });
});
