import type { EventService } from '../../src/events/event-service';
import { type Access, WriteGate } from '../../src/events/write-gate';
import { LogFileStore } from '../support/log-file-store';
import { temporaryDirectory } from '../support/temporary-directory';
import { eventService } from './support/event-service';

const everything: Access = { mayAppend: () => true, mayRead: () => true, mayCreate: true };
const only = (access: Partial<Access>): Access => ({
  mayAppend: () => false,
  mayRead: () => false,
  mayCreate: false,
  ...access,
});
const text = (value: unknown) => Buffer.from(JSON.stringify(value));
const events = text([{ id: 'a', timestamp: 1 }]);

describe('EventService', () => {
  const service = () => eventService(new LogFileStore(temporaryDirectory()));

  it('stores events and gives them back', async () => {
    const hub = service();
    await hub.append(everything, { topic: 'cars', streamId: 'car-1', text: events }, 'refuse');
    const position: unknown = expect.any(String);
    expect(await hub.read(everything, { topic: 'cars', limit: 10 })).toEqual({
      events: [{ position, streamId: 'car-1', timestamp: 1n, id: 'a', value: null, tags: null }],
      position,
      more: false,
    });
  });

  it('stores nothing for an empty array, not even a topic', async () => {
    const hub = service();
    await hub.append(everything, { topic: 'cars', streamId: 'car-1', text: text([]) }, 'refuse');
    expect(await hub.topics(everything, { limit: 10 })).toEqual([]);
  });

  it.each<[string, (hub: EventService) => unknown, string]>([
    [
      'an append without the scope',
      (hub) => hub.append(only({}), { topic: 'cars', streamId: 's', text: events }, 'wait'),
      'append:cars',
    ],
    [
      'a new stream without the scope',
      (hub) => hub.createStream(only({}), { topic: 'cars', properties: {} }, 'wait'),
      'append:cars',
    ],
    [
      'a close without the scope',
      (hub) => hub.closeStream(only({ mayRead: () => true }), { topic: 'cars', streamId: 's' }, 'wait'),
      'append:cars',
    ],
    [
      'a read without the scope',
      (hub) => hub.read(only({ mayAppend: () => true }), { topic: 'cars', limit: 1 }),
      'read:cars',
    ],
    ['a list of streams without the scope', (hub) => hub.streams(only({}), 'cars', { limit: 1 }), 'read:cars'],
  ])('refuses %s, naming it', async (_, call, scope) => {
    const hub = service();
    await expect(Promise.resolve().then(() => call(hub))).rejects.toMatchObject({
      code: 'forbidden',
      message: `the token lacks the scope ${scope}`,
    });
  });

  it('makes a topic only for one who may create it', async () => {
    const hub = service();
    const appender = only({ mayAppend: () => true });
    await expect(hub.append(appender, { topic: 'cars', streamId: 's', text: events }, 'wait')).rejects.toMatchObject({
      code: 'unknown_topic',
    });
    await hub.append(everything, { topic: 'cars', streamId: 's', text: events }, 'wait');
    await hub.append(appender, { topic: 'cars', streamId: 's', text: events }, 'wait');
  });

  it('lists a page of the topics that may be read, however many lie between', async () => {
    const hub = service();
    for (let n = 10; n < 40; n++) await hub.append(everything, { topic: `t${n}`, streamId: 's', text: events }, 'wait');
    const some = only({ mayRead: (topic) => topic.endsWith('5') });
    const first = await hub.topics(some, { limit: 2 });
    expect(first.map(({ name }) => name)).toEqual(['t15', 't25']);
    expect((await hub.topics(some, { limit: 2, after: 't25' })).map(({ name }) => name)).toEqual(['t35']);
  });

  it('refuses writes once it stops, and still reads', async () => {
    const store = new LogFileStore(temporaryDirectory());
    const gate = new WriteGate(store, { idempotencyWindow: 60_000 });
    const hub = eventService(store, {}, gate);
    await hub.append(everything, { topic: 'cars', streamId: 's', text: events }, 'wait');
    gate.stop();
    expect(() => hub.append(everything, { topic: 'cars', streamId: 's', text: events }, 'wait')).toThrow(
      expect.objectContaining({ code: 'shutting_down' }) as Error,
    );
    expect(await hub.topics(everything, { limit: 1 })).toHaveLength(1);
  });
});
