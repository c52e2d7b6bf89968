import { type IStreamResult, Subject } from '@microsoft/signalr';
import { client, runExample } from './support/example';

/** All items of a stream that ends well. */
function itemsOf(stream: IStreamResult<unknown>): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const items: unknown[] = [];
    stream.subscribe({
      next: (item) => {
        items.push(item);
      },
      complete: () => {
        resolve(items);
      },
      error: reject,
    });
  });
}

describe('examples/stream', () => {
  it('streams down, up, and both ways at once', async () => {
    const connection = client(await runExample('stream'));
    await connection.start();
    expect(await itemsOf(connection.stream('Ticks', 3, 1))).toMatchObject([{ tick: 1 }, { tick: 2 }, { tick: 3 }]);

    const numbers = new Subject<unknown>();
    const average = connection.invoke<number>('Average', numbers);
    for (const number of [1, 2, 6]) numbers.next(number);
    numbers.complete();
    expect(await average).toBe(3);

    const words = new Subject<unknown>();
    const capitals = itemsOf(connection.stream('Capitals', words));
    for (const word of ['a', 'b']) words.next(word);
    words.complete();
    expect(await capitals).toEqual(['A', 'B']);
  });

  it('refuses what is no number', async () => {
    const connection = client(await runExample('stream'));
    await connection.start();
    const numbers = new Subject<unknown>();
    const average = connection.invoke('Average', numbers);
    numbers.next('one');
    await expect(average).rejects.toThrow('Numbers only.');
  });
});
