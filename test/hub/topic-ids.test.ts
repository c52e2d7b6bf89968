import { TopicIds } from '../../src/events/topic-ids';
import { TestHub } from '../support/test-hub';
import { append, Collected, connectBy, event, Reading, WAYS } from './support/hub-clients';

describe('the ids of topics', () => {
  it.each([
    ['acme-cars', 'cars'],
    ['acme-acme-cars', 'acme-cars'],
    ['cars', 'cars'],
    ['acme-', ''],
    ['acme', 'acme'],
    ['ACME-cars', 'ACME-cars'],
    [7, 7],
    [null, null],
  ])('mean the topic behind the workspace: %j', (given, name) => {
    expect(new TopicIds('acme').nameOf(given)).toBe(name);
    expect(new TopicIds(undefined).nameOf(given)).toBe(given);
  });

  it.each([
    ['/topics/acme-cars', '/topics/cars'],
    ['/topics/acme-cars/streams/acme-1?from=1', '/topics/cars/streams/acme-1?from=1'],
    ['/topics/acme%2Dmy%20cars/events?x', '/topics/my%20cars/events?x'],
    ['/topics/acme-%E0%A4/events', '/topics/acme-%E0%A4/events'],
    ['/topics/acme-', '/topics/acme-'],
    ['/topics?after=acme-cars', '/topics?after=acme-cars'],
    ['/v0/topics/acme-cars', '/v0/topics/acme-cars'],
    ['/hub?id=acme-cars', '/hub?id=acme-cars'],
  ])('mean it in paths: %s', (path, meant) => {
    expect(new TopicIds('acme').inPath(path)).toBe(meant);
    expect(new TopicIds(undefined).inPath(path)).toBe(path);
  });

  it('name a topic at the hub and over HTTP, to write and to read', async () => {
    const hub = await TestHub.start({ workspace: 'acme', shutdownTimeout: 200 });
    const connection = await connectBy(hub);
    const received = new Collected<{ topicId: string; topicName: string; id: string }>();
    connection.on('EventDataReceived', received.add);
    await connection.invoke('SubscribeToEvent', 'acme-cars', '*', '*');
    await connection.invoke('SendEventData', 'acme-cars', 'a', [event('e1')]);
    await append(hub, 'acme-cars', 'a', 'e2');
    await connection.invoke('CreateStream', 'acme-cars', {});
    await connection.invoke('UpdateStream', 'acme-cars', 'a', { name: 'A' });
    await connection.invoke('CloseStream', 'acme-cars', 'a');
    expect(await hub.read('/topics/cars/streams/a')).toContain('"eventCount":2');
    expect(await hub.read('/topics/acme-cars/streams/a')).toContain('"name":"A"');
    await received.count(2);
    expect(received.all[0]).toMatchObject({ topicId: 'acme-cars', topicName: 'cars', id: 'e1' });
    const reading = new Reading(connection, [{ topic: 'acme-cars', from: 'earliest' }]);
    await reading.untilLive();
    expect(reading.all[0]!.topic).toBe('cars');
    expect(reading.ids).toEqual(['e1', 'e2']);
    expect(JSON.parse(await hub.read('/topics'))).toMatchObject({ topics: [{ name: 'cars' }] });
  });
});

describe('the hub for clients with an address to read from and one to write to', () => {
  it.each(WAYS)('is at /reader/hub and /writer/hub, by $transport in $protocol', async (way) => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    const writer = await connectBy(hub, { ...way, path: '/writer/hub' });
    const reader = await connectBy(hub, { ...way, path: '/reader/hub' });
    const received = new Collected<{ id: string }>();
    reader.on('EventDataReceived', received.add);
    await reader.invoke('SubscribeToEvent', 'cars', 'car-1', '*');
    await writer.invoke('SendEventData', 'cars', 'car-1', [event('e1')]);
    await received.count(1);
    expect(received.all[0]!.id).toBe('e1');
  });
});
