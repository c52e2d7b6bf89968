import { ArrivalOrder } from '../../src/events/arrival-order';
import type { Access } from '../../src/events/write-gate';
import type { EventScanWork, EventWork, ScannedEvents } from '../../src/events/event-work';
import { scanEvents } from '../../src/events/event-scanner';
import { LogFileStore } from '../support/log-file-store';
import { temporaryDirectory } from '../support/temporary-directory';
import { eventService } from './support/event-service';

/** Lets everything happen that does not wait for a test. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Something that takes until the test says so. */
function held(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settled) => {
    resolve = settled;
  });
  return { promise, resolve };
}

describe('ArrivalOrder', () => {
  function recording() {
    const done: string[] = [];
    const order = new ArrivalOrder();
    const submit = (name: string) => () => {
      done.push(name);
      return Promise.resolve(name);
    };
    const take = (name: string, prepared: Promise<void>, target = 't', sender = 's') =>
      order.inTurn(target, sender, prepared, submit(name));
    return { done, order, submit, take };
  }

  it('submits in order of arrival, whatever is prepared first', async () => {
    const { done, order, take } = recording();
    const slow = held();
    const all = [take('slow', slow.promise), take('quick', Promise.resolve()), take('last', Promise.resolve())];
    await settle();
    expect(done).toEqual([]);
    expect(order.isUnderWay('t', 's')).toBe(true);
    slow.resolve();
    await Promise.all(all);
    expect(done).toEqual(['slow', 'quick', 'last']);
    expect(order.isIdle).toBe(true);
  });

  it('makes neither another sender nor another target wait', async () => {
    const { done, take } = recording();
    const slow = held();
    const waiting = take('slow', slow.promise);
    await take('of another', Promise.resolve(), 't', 'another');
    await take('to another', Promise.resolve(), 'another', 's');
    slow.resolve();
    await waiting;
    expect(done).toEqual(['of another', 'to another', 'slow']);
  });

  it('goes on behind what fails, but not before what came before that', async () => {
    const { done, take } = recording();
    const slow = held();
    const first = take('first', slow.promise);
    const failing = expect(take('failing', Promise.reject(new Error('no')))).rejects.toThrow('no');
    const last = take('last', Promise.resolve());
    await settle();
    expect(done).toEqual([]);
    slow.resolve();
    await Promise.all([first, failing, last]);
    expect(done).toEqual(['first', 'last']);
  });

  it('puts what concerns everybody behind all that came before and in front of all that come later', async () => {
    const { done, order, submit, take } = recording();
    const slow = [held(), held()];
    const all = [
      take('one', slow[0]!.promise, 't', 'one'),
      take('other', slow[1]!.promise, 't', 'other'),
      order.behindAll('t', submit('close')),
      take('later', Promise.resolve(), 't', 'one'),
    ];
    slow[0]!.resolve();
    await settle();
    expect(done).toEqual(['one']);
    slow[1]!.resolve();
    await Promise.all(all);
    expect(done).toEqual(['one', 'other', 'close', 'later']);
    expect(order.isIdle).toBe(true);
  });
});

/** Checks texts when it is told to. */
class Held implements EventWork {
  readonly waiting: (() => void)[] = [];

  scanEvents({ text, limits }: EventScanWork): Promise<ScannedEvents> {
    return new Promise((resolve, reject) => {
      this.waiting.push(() => {
        try {
          resolve({ batch: scanEvents(text, limits), fingerprint: undefined });
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }
}

describe('EventService with large texts', () => {
  const everything: Access = { mayAppend: () => true, mayRead: () => true, mayCreate: true };
  const small = (id: string) => Buffer.from(JSON.stringify([{ id, timestamp: 1 }]));
  const large = (id: string) => Buffer.from(JSON.stringify([{ id, timestamp: 1, value: 'x'.repeat(200_000) }]));

  function serve() {
    const work = new Held();
    const service = eventService(new LogFileStore(temporaryDirectory()), { work });
    const send = (text: Uint8Array, holder = 'a') =>
      service.append(everything, { topic: 't', streamId: 's', text, holder }, 'wait');
    const stored = async () =>
      (await service.read(everything, { topic: 't', limit: 10 })).events.map(({ id }) => id).join(' ');
    return { service, work, send, stored };
  }

  it('stores a small batch behind a large one of the same sender that is still being checked', async () => {
    const { work, send, stored } = serve();
    const all = [send(large('large')), send(small('small'))];
    await settle();
    work.waiting[0]!();
    await Promise.all(all);
    expect(await stored()).toBe('large small');
  });

  it('stores what another sends to the stream meanwhile', async () => {
    const { work, send, stored } = serve();
    const waiting = send(large('large'));
    await send(small('small'), 'b');
    expect(await stored()).toBe('small');
    work.waiting[0]!();
    await waiting;
    expect(await stored()).toBe('small large');
  });

  it('closes a stream behind the batches that came before', async () => {
    const { service, work, send } = serve();
    const all = [send(large('large')), service.closeStream(everything, { topic: 't', streamId: 's' }, 'wait')];
    work.waiting[0]!();
    await Promise.all(all);
    expect(await service.stream(everything, 't', 's')).toMatchObject({ status: 'closed' });
  });

  it('refuses a large batch as a small one, and stores what comes behind it', async () => {
    const { work, send, stored } = serve();
    const bad = Buffer.from(large('large').toString().replace('"timestamp":1', '"timestamp":"x"'));
    const refused = expect(send(bad)).rejects.toMatchObject({ code: 'invalid_events' });
    const behind = send(small('small'));
    work.waiting[0]!();
    await Promise.all([refused, behind]);
    expect(await stored()).toBe('small');
  });
});
