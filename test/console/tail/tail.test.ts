import { ApiError } from '../../../src/console/api/api-error';
import { EventPages } from '../../../src/console/tail/event-pages';
import { Tail, type FollowHandlers } from '../../../src/console/tail/tail';
import { TailWindow } from '../../../src/console/tail/tail-window';
import { MadeLog, sent } from './made-events';

/** A tail over a log, whose follower is the test itself. */
class MadeTail {
  readonly log = new MadeLog();
  readonly followed: string[] = [];
  readonly tail: Tail;
  handlers: FollowHandlers | undefined;
  now = 0;
  failure: Error | undefined;
  /** Tells that what was missing may be there; undefined: nobody waits for it. */
  made: (() => void) | undefined;

  constructor(rows = 1000) {
    const read: MadeLog['read'] = (query) =>
      this.failure === undefined ? this.log.read(query) : Promise.reject(this.failure);
    const limits = { rows, characters: 1e8 };
    this.tail = new Tail({
      pages: new EventPages(read, 'car-1', undefined),
      window: new TailWindow({ limits, pending: limits, matches: () => true }),
      streamId: 'car-1',
      showsAll: true,
      follow: (from, handlers) => {
        this.followed.push(from);
        this.handlers = handlers;
        return () => {
          if (this.handlers === handlers) this.handlers = undefined;
        };
      },
      awaitPlace: (isThere) => {
        this.made = isThere;
        return () => {
          this.made = undefined;
        };
      },
      changed: () => undefined,
      now: () => this.now,
    });
  }

  send(...offsets: number[]): void {
    this.log.add(...offsets);
    for (const offset of offsets) this.handlers?.event(sent(offset));
  }

  rows(): string[] {
    this.tail.window.flush();
    return this.tail.window.rows.map((row) => (row.kind === 'event' ? row.offset : `${row.count} skipped`));
  }
}

/** Once what is under way is done. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('Tail', () => {
  it('shows what is stored, then what comes from there on', async () => {
    const made = new MadeTail();
    made.log.add(1, 2, 3);
    await made.tail.start();
    expect(made.followed).toEqual(['3']);
    made.send(4);
    made.handlers!.caughtUp();
    expect(made.rows()).toEqual(['1', '2', '3', '4']);
    expect(made.tail.status).toEqual({ kind: 'live' });
  });

  it('follows from the first event on where there is none', async () => {
    const made = new MadeTail();
    await made.tail.start();
    expect(made.followed).toEqual(['earliest']);
    expect(made.tail.window.isAtStart).toBe(true);
  });

  it.each(['unknown_topic', 'unknown_stream'])(
    'waits for what is missing (%s), and begins when it is made',
    async (code) => {
      const made = new MadeTail();
      made.failure = new ApiError('there is none', { status: 404, code });
      await made.tail.start();
      expect(made.tail.status).toEqual({ kind: 'waiting', reason: 'there is none' });
      made.made!();
      await settled();
      expect(made.tail.status.kind).toBe('waiting');
      made.failure = undefined;
      made.log.add(1);
      made.made!();
      await settled();
      expect(made.followed).toEqual(['1']);
      expect(made.rows()).toEqual(['1']);
      expect(made.made).toBeUndefined();
    },
  );

  it('waits for a topic that is removed while it is followed, and shows the new one', async () => {
    const made = new MadeTail();
    made.log.add(1);
    await made.tail.start();
    made.handlers!.refused({ code: 'unknown_topic', reason: 'there is no topic "cars"' });
    expect(made.tail.status).toEqual({ kind: 'waiting', reason: 'there is no topic "cars"' });
    made.log.add(2);
    made.made!();
    await settled();
    expect(made.followed).toEqual(['1', '2']);
  });

  it('says that the connection is lost and back, and the rows stay', async () => {
    const made = new MadeTail();
    made.log.add(1);
    await made.tail.start();
    made.handlers!.lost();
    expect(made.tail.status).toEqual({ kind: 'lost' });
    expect(made.rows()).toEqual(['1']);
    made.handlers!.back();
    expect(made.tail.hasComeBack).toBe(true);
    made.send(2);
    made.handlers!.caughtUp();
    expect(made.rows()).toEqual(['1', '2']);
  });

  it('names what a refusal says, and begins again when asked', async () => {
    const made = new MadeTail();
    made.log.add(1);
    await made.tail.start();
    made.handlers!.refused({ code: 'over_share', reason: 'WRITER_HUB_MAX_FOLLOWERS' });
    expect(made.tail.status).toEqual({ kind: 'refused', reason: 'WRITER_HUB_MAX_FOLLOWERS' });
    expect(made.rows()).toEqual(['1']);
    made.failure = new Error('unknown_topic');
    await made.tail.start();
    expect(made.tail.status).toEqual({ kind: 'refused', reason: 'unknown_topic' });
    made.failure = undefined;
    await made.tail.start();
    expect(made.tail.status.kind).toBe('catching-up');
  });

  it('reads older events once, however often it is asked meanwhile', async () => {
    const made = new MadeTail();
    made.log.add(...upTo(1000));
    await made.tail.start();
    made.log.asked.length = 0;
    await Promise.all([made.tail.loadOlder(), made.tail.loadOlder()]);
    expect(made.log.asked).toHaveLength(1);
    expect(made.rows()).toHaveLength(700);
    await made.tail.loadOlder();
    expect(made.rows()[0]).toBe('1');
    await made.tail.loadOlder();
    expect(made.log.asked).toHaveLength(2);
  });

  it('says why older events could not be read, and tries again', async () => {
    const made = new MadeTail();
    made.log.add(...upTo(300));
    await made.tail.start();
    made.failure = new Error('the server cannot be reached');
    await made.tail.loadOlder();
    expect(made.tail.reading).toMatchObject({ isOlder: false, problem: 'the server cannot be reached' });
    made.failure = undefined;
    await made.tail.loadOlder();
    expect(made.tail.reading.problem).toBeUndefined();
    expect(made.rows()).toHaveLength(300);
  });

  it('holds a part of what it scrolls through, and comes back to the end', async () => {
    const made = new MadeTail(600);
    made.log.add(...upTo(5000));
    await made.tail.start();
    made.tail.pause();
    while (!made.tail.window.isAtStart) {
      await made.tail.loadOlder();
      expect(made.rows().length).toBeLessThanOrEqual(600);
    }
    expect(made.rows()[0]).toBe('1');
    await made.tail.resume();
    expect(made.rows().at(-1)).toBe('5000');
    made.send(5001);
    expect(made.rows().at(-1)).toBe('5001');
  });

  it('jumps anywhere and to the start, and goes on in both directions', async () => {
    const made = new MadeTail();
    made.log.add(...upTo(5000));
    await made.tail.start();
    await made.tail.jump('2500');
    expect(made.rows()[0]).toBe('2501');
    await made.tail.loadOlder();
    await made.tail.loadNewer();
    expect([made.rows()[0], made.rows().at(-1)]).toEqual(['2201', '3200']);
    await made.tail.jumpToStart();
    expect(made.rows()[0]).toBe('1');
    expect(made.tail.window.isAtStart).toBe(true);
    made.send(5001);
    expect(made.tail.window.newCount).toBe(1);
  });

  it('leaves out what is more than can be shown, says how many, and loads them when asked', async () => {
    const made = new MadeTail(30_000);
    made.log.add(1);
    await made.tail.start();
    made.log.add(...Array.from({ length: 30_000 }, (_, index) => index + 2));
    made.handlers!.lost();
    made.handlers!.back();
    for (let offset = 2; made.handlers !== undefined; offset++) made.handlers.event(sent(offset));
    expect(made.tail.hasComeBack).toBe(false);
    while (made.followed.length < 2) await Promise.resolve();
    expect(made.followed).toEqual(['1', '30001']);
    const gap = made.tail.window.rows.find((row) => row.kind === 'gap')!;
    expect(gap).toMatchObject({ kind: 'gap', after: '20002', before: '29802', count: 9799, isExact: true });
    await made.tail.fill(gap);
    expect(made.tail.window.rows.find((row) => row.kind === 'gap')).toMatchObject({ after: '20502', count: 9299 });
  });

  it('counts a second on its own', async () => {
    const made = new MadeTail();
    await made.tail.start();
    made.send(1, 2, 3);
    expect(made.tail.perSecond).toBe(0);
    expect(made.tail.isRateMoving).toBe(true);
    made.now = 1000;
    expect(made.tail.perSecond).toBe(3);
    expect(made.tail.isRateMoving).toBe(true);
    made.now = 2000;
    expect(made.tail.perSecond).toBe(0);
    expect(made.tail.isRateMoving).toBe(false);
  });

  it('follows no more when it is stopped', async () => {
    const made = new MadeTail();
    made.log.add(1);
    await made.tail.start();
    made.tail.stop();
    expect(made.handlers).toBeUndefined();
    expect(made.rows()).toEqual(['1']);
  });
});
