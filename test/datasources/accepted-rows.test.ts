import { AcceptedRows } from '../../src/datasources/accepted-rows';
import { WriterHubError } from '../../src/errors';
import { OutcomeUnknown } from '../../src/store/contract/outcome-unknown';

const unavailable = () => new WriterHubError('store_unavailable', 'the disk is full');

/** Long enough that no timer fires during a test. */
const NEVER = 2 ** 31 - 1;

/** Rows that a store refuses until it works again, and the order in which it accepted them. */
class Disk {
  works = false;
  readonly stored: number[] = [];
  tries = 0;

  write(n: number): Promise<void> {
    this.tries++;
    if (!this.works) return Promise.reject(unavailable());
    this.stored.push(n);
    return Promise.resolve();
  }
}

function acceptedRows(interval = NEVER) {
  const disk = new Disk();
  const givenUp: [number, string][] = [];
  const accepted = new AcceptedRows(interval, (rows, { code }) => givenUp.push([rows, code]));
  const accept = (n: number) => {
    accepted.watch(disk.write(n), { rows: n, again: () => disk.write(n) });
  };
  return { disk, accepted, givenUp, accept };
}

describe('AcceptedRows', () => {
  it('tries what failed again, oldest first, and only the oldest while that fails', async () => {
    const { disk, accepted, givenUp, accept } = acceptedRows();
    for (const n of [1, 2, 3]) accept(n);
    await Promise.resolve();
    await expect(accepted.drain()).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(disk.tries).toBe(4);
    disk.works = true;
    await accepted.drain();
    expect([disk.stored, accepted.isWaiting]).toEqual([[1, 2, 3], false]);
    await accepted.close();
    expect(givenUp).toEqual([]);
  });

  it('tries again by itself', async () => {
    const { disk, accepted, accept } = acceptedRows(1);
    accept(1);
    const stored = new Promise<void>((resolve) => {
      disk.stored.push = () => {
        resolve();
        return 1;
      };
    });
    disk.works = true;
    await stored;
    await accepted.close();
  });

  it('gives up, and says so, only when it is closed and a last try fails', async () => {
    const { accepted, givenUp, accept } = acceptedRows();
    accept(5);
    accept(7);
    await accepted.close();
    expect(givenUp).toEqual([
      [5, 'store_unavailable'],
      [7, 'store_unavailable'],
    ]);
  });

  it('stores in its last try what can be stored then', async () => {
    const { disk, accepted, givenUp, accept } = acceptedRows();
    accept(5);
    disk.works = true;
    await accepted.close();
    expect([disk.stored, givenUp]).toEqual([[5], []]);
  });

  it('waits with its last try for first tries that are under way', async () => {
    const { disk, accepted, givenUp } = acceptedRows();
    disk.works = true;
    let fail = (_error: Error): void => undefined;
    const firstTry = new Promise<void>((_, reject) => {
      fail = reject;
    });
    accepted.watch(firstTry, { rows: 1, again: () => disk.write(1) });
    const closed = accepted.close();
    fail(unavailable());
    await closed;
    expect([disk.stored, givenUp]).toEqual([[1], []]);
  });

  it.each([
    ['what the store refuses for good', new WriterHubError('topic_limit', 'as many as there may be'), 'topic_limit'],
    ['what should not happen', new TypeError('a bug'), 'internal'],
  ])('does not try %s again', async (_, error, code) => {
    const { disk, accepted, givenUp } = acceptedRows();
    accepted.watch(Promise.reject(error), { rows: 3, again: () => disk.write(3) });
    await accepted.close();
    expect([disk.tries, givenUp]).toEqual([0, [[3, code]]]);
  });
});

describe('AcceptedRows whose first try has an unknown outcome', () => {
  /** A write, and what the store finds out about its first try each time it is asked. */
  function unknown(...findings: ('stored' | 'not stored' | 'unknown')[]) {
    const parts = acceptedRows();
    parts.disk.works = true;
    const find = (): Promise<unknown> => {
      switch (findings.shift()) {
        case 'stored':
          return Promise.resolve({});
        case 'not stored':
          return Promise.reject(unavailable());
        case 'unknown':
        case undefined:
          return Promise.reject(new OutcomeUnknown('nobody knows', find));
      }
    };
    const firstTry = Promise.reject(new OutcomeUnknown('nobody knows', find));
    parts.accepted.watch(firstTry, { rows: 1, again: () => parts.disk.write(1) });
    return parts;
  }

  it('repeats nothing, and lets nothing pass, until it is found out', async () => {
    const { accepted, disk } = unknown('unknown', 'unknown', 'not stored');
    await Promise.resolve();
    for (let times = 0; times < 2; times++) {
      await expect(accepted.drain()).rejects.toBeInstanceOf(OutcomeUnknown);
      expect([disk.tries, accepted.isWaiting]).toEqual([0, true]);
    }
    await accepted.drain();
    expect([disk.stored, accepted.isWaiting]).toEqual([[1], false]);
    await accepted.close();
  });

  it('is done when it is stored', async () => {
    const { accepted, disk } = unknown('unknown', 'stored');
    await Promise.resolve();
    await expect(accepted.drain()).rejects.toBeInstanceOf(OutcomeUnknown);
    await accepted.drain();
    expect([disk.tries, accepted.isWaiting]).toEqual([0, false]);
    await accepted.close();
  });

  it('says when it is closed that nobody knows', async () => {
    const { accepted, disk, givenUp } = unknown();
    await accepted.close();
    expect([disk.tries, givenUp]).toEqual([0, [[1, 'store_unavailable']]]);
  });
});
