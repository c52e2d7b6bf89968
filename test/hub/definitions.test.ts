import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { freshName, SharedHub } from '../support/shared-hub';
import { atEnd, bearerOf, type TestHub, token } from '../support/test-hub';
import { sendData } from './support/parameter-data';

const SHARED = new SharedHub({ maxDefinitionsBytes: 1000 });

const SPEED_ITSELF = { name: 'Speed', minimumValue: 0, maximumValue: 400.5, unit: 'km/h', location: '/chassis' };
const ALERT_ITSELF = { level: 'Warning', description: 'something is wrong' };
const SPEED = { id: 'Speed', ...SPEED_ITSELF };
const ALERT = { id: 'Alert', ...ALERT_ITSELF };

const put = (hub: TestHub, path: string, body: unknown, bearer = bearerOf('alice')): Promise<Response> =>
  hub.fetch(path, {
    method: 'PUT',
    headers: { ...bearer, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

const definitionsOf = async (hub: TestHub, topic: string): Promise<unknown> =>
  JSON.parse(await hub.read(`/topics/${topic}/streams/car-1/definitions`));

describe('definitions of a stream', () => {
  it('are put over HTTP, each list whole, and read back', async () => {
    const [hub, topic] = [await SHARED.hub(), freshName('cars')];
    const stream = `/topics/${topic}/streams/car-1`;
    expect((await put(hub, `${stream}/parameters`, [SPEED, { Id: 'Gear' }])).status).toBe(200);
    expect((await put(hub, `${stream}/events`, [ALERT])).status).toBe(200);
    expect(await definitionsOf(hub, topic)).toEqual({ parameters: [SPEED, { id: 'Gear' }], events: [ALERT] });
    await put(hub, `${stream}/parameters`, []);
    expect(await definitionsOf(hub, topic)).toEqual({ parameters: [], events: [ALERT] });
  });

  it.each(['json', 'messagepack'])('are put at the hub in %s, and read there', async (protocol) => {
    const [hub, topic] = [await SHARED.hub(), freshName('cars')];
    const builder = new HubConnectionBuilder().withUrl(`${hub.url}/hub`, { accessTokenFactory: () => token('admin') });
    if (protocol === 'messagepack') builder.withHubProtocol(new MessagePackHubProtocol());
    const connection = builder.configureLogging(LogLevel.None).build();
    await connection.start();
    atEnd(() => connection.stop());
    await connection.invoke('UpdateParameterDefinitions', topic, 'car-1', [SPEED]);
    await connection.invoke('UpdateEventDefinitions', topic, 'car-1', [ALERT, { id: 'Door', level: 1 }]);
    const events = [ALERT, { id: 'Door', level: 'Debug' }];
    expect(await connection.invoke('ReadDefinitions', topic, 'car-1')).toEqual({ parameters: [SPEED], events });
    expect(await definitionsOf(hub, topic)).toEqual({ parameters: [SPEED], events });
    const refused = connection.invoke('UpdateEventDefinitions', topic, 'car-1', [{ id: 'a' }, { id: 'a' }]);
    await expect(refused).rejects.toThrow(
      'invalid_definitions: definition 1, $.id: "a" is given twice, first in definition 0',
    );
    await expect(connection.invoke('UpdateEventDefinitions', topic, 'car-1')).rejects.toThrow(
      'invalid_definitions: the definitions are missing: UpdateEventDefinitions takes (topic, streamId, definitions)',
    );
    await expect(connection.invoke('ReadDefinitions', topic, 'none')).rejects.toThrow('unknown_stream: ');
  });

  it('are none of a stream of which nothing was said', async () => {
    const [hub, topic] = [await SHARED.hub(), freshName('cars')];
    await hub.post(`/topics/${topic}/streams/car-1/events/data`, [{ id: 'a', timestamp: 1 }]);
    expect(await definitionsOf(hub, topic)).toEqual({ parameters: [], events: [] });
  });

  it.each<[string, string, unknown, number, object]>([
    ['what is not an array', 'parameters', { id: 'a' }, 400, { code: 'invalid_definitions' }],
    [
      'no body',
      'events',
      undefined,
      400,
      { code: 'invalid_definitions', detail: 'the body with the definitions is missing' },
    ],
    ['more than fits', 'parameters', [{ id: 'x'.repeat(1000) }], 400, { code: 'invalid_definitions' }],
    [
      ...['a broken rule', 'parameters', [{ id: 'a' }, { id: 'b', minimumValue: 2, maximumValue: 1 }], 400],
      {
        code: 'invalid_definitions',
        problems: [{ index: 1, path: '$.minimumValue', message: '2 is above the maximum, 1' }],
      },
    ] as [string, string, unknown, number, object],
  ])('are refused over HTTP with %s, and nothing is kept', async (_, kind, body, status, answer) => {
    const [hub, topic] = [await SHARED.hub(), freshName('cars')];
    const response = await put(hub, `/topics/${topic}/streams/car-1/${kind}`, body);
    expect([response.status, await response.json()]).toEqual([status, expect.objectContaining(answer)]);
    expect((await hub.fetch(`/topics/${topic}/streams/car-1`, { headers: bearerOf('alice') })).status).toBe(404);
  });

  it.each<[string, string, string]>([
    ['PUT', 'parameters', 'read:*'],
    ['PUT', 'events', 'append:other'],
    ['GET', 'definitions', 'append:*'],
  ])('take rights: %s %s is not for %s', async (method, part, scope) => {
    const [hub, topic] = [await SHARED.hub(), freshName('cars')];
    const headers = { authorization: `Bearer ${token(scope)}`, 'content-type': 'application/json' };
    const body = method === 'PUT' ? { body: '[]' } : {};
    const response = await hub.fetch(`/topics/${topic}/streams/car-1/${part}`, { method, headers, ...body });
    expect(response.status).toBe(403);
  });

  it('are told with active streams, when they change too, and ids keep their order', async () => {
    const [hub, topic] = [await SHARED.hub(), freshName('cars')];
    const connection = await hub.connect(token('read:*', 'append:*'));
    const names: string[][] = [];
    const changed = new Promise<Record<string, unknown>>((resolve) => {
      connection.on('ActiveStreamsChanged', (stream: { events: Record<string, unknown> }) => {
        names.push(Object.keys(stream.events));
        if (names.at(-1)?.length === 1) resolve(stream);
      });
    });
    await put(hub, `/topics/${topic}/streams/car-1/parameters`, [SPEED, { id: 'Gear' }]);
    const [first] = await connection.invoke<Record<string, unknown>[]>('SubscribeToActiveStreams', topic);
    const parameters = { Speed: { dataType: 'Unknown', ...SPEED_ITSELF }, Gear: { dataType: 'Unknown' } };
    expect(first).toMatchObject({ streamId: 'car-1', parameters, events: {} });
    await connection.invoke('UpdateEventDefinitions', topic, 'car-1', [ALERT]);
    expect(await changed).toMatchObject({ streamId: 'car-1', parameters, events: { Alert: ALERT_ITSELF } });
  });

  it('are told with the types of what was seen, and so is what nobody defined', async () => {
    const [hub, topic] = [await SHARED.hub(), freshName('cars')];
    await put(hub, `/topics/${topic}/streams/car-1/parameters`, [{ id: 'Gear' }, { id: 'Unseen' }]);
    const columns = {
      numericValues: { Gear: [1], other: [1] },
      stringValues: { Gear: ['1'] },
      binaryValues: { Raw: [''] },
    };
    await sendData(hub, topic, 'car-1', { timestamps: [1], ...columns });
    const connection = await hub.connect(token('read:*'));
    const [first] = await connection.invoke<{ parameters: object }[]>('SubscribeToActiveStreams', topic);
    expect(first!.parameters).toEqual({
      ...{ Gear: { dataType: 'Numeric' }, Unseen: { dataType: 'Unknown' } },
      ...{ other: { dataType: 'Numeric' }, Raw: { dataType: 'Binary' } },
    });
  });
});
