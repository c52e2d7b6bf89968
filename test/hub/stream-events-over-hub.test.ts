import { Subject } from '@microsoft/signalr';
import { atEnd, TestHub, token } from '../support/test-hub';

interface Item {
  readonly streamId: unknown;
  readonly events: unknown;
}

const event = (value: string): object => ({ id: 'n', timestamp: 1, value });

async function stored(hub: TestHub, streamId: string): Promise<string[]> {
  const text = await hub.read(`/topics/cars/streams/${streamId}/events/data?limit=1000`);
  return (JSON.parse(text) as { events: { value: string }[] }).events.map(({ value }) => value);
}

describe('StreamEvents', () => {
  it('stores what a client uploads, in order, and sums it up at its end', async () => {
    const hub = await TestHub.start();
    const connection = await hub.connect();
    const subject = new Subject<Item>();
    const summary = connection.invoke('StreamEvents', 'cars', subject);
    for (let i = 0; i < 300; i++) subject.next({ streamId: `car-${i % 2}`, events: [event(String(i))] });
    subject.complete();
    expect(await summary).toMatchObject({ batches: 300 });
    const even = Array.from({ length: 150 }, (_, i) => String(2 * i));
    expect(await stored(hub, 'car-0')).toEqual(even);
    expect(await stored(hub, 'car-1')).toHaveLength(150);
  });

  it('ends at a bad batch, of which nothing is stored, with its index and what is wrong', async () => {
    const hub = await TestHub.start();
    const connection = await hub.connect();
    const subject = new Subject<Item>();
    const failed = connection.invoke('StreamEvents', 'cars', subject);
    const outcome = expect(failed).rejects.toThrow(
      /HubException: invalid_events: batch 1: .* \(1 before it are stored\)\n\[1\] \$\.timestamp: /s,
    );
    subject.next({ streamId: 'car-1', events: [event('good')] });
    subject.next({ streamId: 'car-1', events: [event('in a bad batch'), { id: 'n' }] });
    subject.next({ streamId: 'car-1', events: [event('behind it')] });
    await outcome;
    expect(await stored(hub, 'car-1')).toEqual(['good']);
    expect(await connection.invoke('SendEventData', 'cars', 'car-1', [event('goes on')])).toBeNull();
  });

  it('refuses a batch whose timestamps lie in January 1970 where it is to be strict', async () => {
    const hub = await TestHub.start();
    const connection = await hub.connect();
    const [loose, strict] = [new Subject<Item>(), new Subject<Item>()];
    const summary = connection.invoke('StreamEvents', 'cars', loose, { strict: false });
    const refused = connection.invoke('StreamEvents', 'cars', strict, { strict: true });
    const outcome = expect(refused).rejects.toThrow(/HubException: invalid_events: batch 0: /);
    const seconds = { streamId: 'car-1', events: [{ id: 'n', timestamp: 1618133869, value: 'v' }] };
    strict.next(seconds);
    await outcome;
    loose.next(seconds);
    loose.complete();
    expect(await summary).toMatchObject({ batches: 1 });
    expect(await stored(hub, 'car-1')).toEqual(['v']);
    await expect(connection.invoke('StreamEvents', 'cars', new Subject(), { Strict: true })).rejects.toThrow(
      /invalid_query: the options are not \{strict\}/,
    );
  });

  it('is refused without the scope', async () => {
    const hub = await TestHub.start();
    const connection = await hub.connect(token('append:bikes'));
    const subject = new Subject<Item>();
    const failed = connection.invoke('StreamEvents', 'cars', subject);
    const outcome = expect(failed).rejects.toThrow(/HubException: forbidden: batch 0: /);
    subject.next({ streamId: 'car-1', events: [event('x')] });
    await outcome;
  });

  it('keeps what was stored when the server stops in the middle, and says how much that is', async () => {
    const hub = await TestHub.start();
    const connection = await hub.connect();
    const subject = new Subject<Item>();
    const failed = connection.invoke('StreamEvents', 'cars', subject);
    const outcome = expect(failed).rejects.toThrow(/1 batches are stored/);
    subject.next({ streamId: 'car-1', events: [event('kept')] });
    await connection.invoke('SendEventData', 'cars', 'car-2', [event('behind it')]);
    await hub.close();
    await outcome;
  });

  it('keeps what was stored when the client goes in the middle', async () => {
    const hub = await TestHub.start();
    const losing = await hub.connect();
    const subject = new Subject<Item>();
    atEnd(() => losing.stop());
    losing.invoke('StreamEvents', 'cars', subject).catch(() => undefined);
    subject.next({ streamId: 'car-1', events: [event('kept')] });
    await losing.invoke('SendEventData', 'cars', 'car-1', [event('beside it')]);
    await losing.stop();
    expect((await stored(hub, 'car-1')).sort()).toEqual(['beside it', 'kept']);
    await hub.close();
    expect(hub.log()).not.toContain('"level":50');
  });
});
