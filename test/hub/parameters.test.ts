import { type HubConnection, Subject } from '@microsoft/signalr';
import { token } from '../support/test-hub';
import { SharedHub, freshName } from '../support/shared-hub';
import { connectBy } from './support/hub-clients';

const shared = new SharedHub();

const T = '1514764800000000000';
const PACKAGE = {
  epoch: T,
  timestamps: [0, 1],
  numericValues: { Speed: [1.5, null] },
  stringValues: { Mood: ['good', null] },
  binaryValues: { Raw: ['QQ==', null] },
  tagValues: { lap: ['1', '2'] },
};

/** How many packages and events a topic has. */
async function count(topic: string): Promise<number> {
  const hub = await shared.hub();
  const events = `/topics/${topic}/streams/marker/events/data`;
  await hub.post(events, [{ id: 'marker', timestamp: 1 }]);
  const { events: stored } = JSON.parse(await hub.read(events)) as { events: { offset: string }[] };
  return Number(stored.at(-1)?.offset) - stored.length;
}

describe.each(['json', 'messagepack'] as const)('parameter data at the hub, in %s', (protocol) => {
  const connect = async (bearer = token('admin')): Promise<HubConnection> =>
    connectBy(await shared.hub(), { protocol, bearer });

  it('is stored when SendParameterData completes', async () => {
    const [connection, topic] = [await connect(), freshName()];
    await connection.invoke('SendParameterData', topic, 'car-1', PACKAGE);
    await connection.invoke('SendParameterData', topic, 'car-1', { Timestamps: [T], NumericValues: { Speed: [1] } });
    expect(await count(topic)).toBe(2);
  });

  it('is stored once under an idempotency key', async () => {
    const [connection, topic] = [await connect(), freshName()];
    for (let n = 0; n < 2; n++) {
      await connection.invoke('SendParameterData', topic, 'car-1', PACKAGE, { idempotencyKey: 'k' });
    }
    expect(await count(topic)).toBe(1);
  });

  it.each([
    ['an array', [PACKAGE], /HubException: invalid_parameters: the text is an array, not a package/],
    [
      'a column of another length',
      { ...PACKAGE, numericValues: { Speed: [1] } },
      /invalid_parameters: numericValues\.Speed has 1 value for 2 timestamps\n\[0\] \$\.numericValues\.Speed: /,
    ],
    [
      'base64 that is none',
      { ...PACKAGE, binaryValues: { Raw: ['?', null] } },
      /invalid_parameters: binaryValues\.Raw\[0\] is "\?", base64 with "\?"/,
    ],
  ])('refuses %s', async (_, data, reason) => {
    const connection = await connect();
    const [topic, sent] = [freshName(), data as unknown];
    await expect(connection.invoke('SendParameterData', topic, 'car-1', sent)).rejects.toThrow(reason);
    expect(await count(topic)).toBe(0);
  });

  it('refuses timestamps in January 1970 where it is to be strict, and unknown options', async () => {
    const connection = await connect();
    const seconds = { timestamps: [1618133869] };
    await expect(connection.invoke('SendParameterData', 'cars', 's', seconds, { strict: true })).rejects.toThrow(
      /invalid_parameters: timestamps\[0\] is 1618133869, which lies in January 1970/,
    );
    await expect(connection.invoke('SendParameterData', 'cars', 's', seconds, { Strict: true })).rejects.toThrow(
      /invalid_query: the options are not/,
    );
  });

  it('is refused without the scope', async () => {
    const connection = await connect(token('append:bikes'));
    await expect(connection.invoke('SendParameterData', 'cars', 'car-1', PACKAGE)).rejects.toThrow(/forbidden: /);
  });

  it('is stored in order as UploadParameters brings it, and summed up at its end', async () => {
    const [connection, topic] = [await connect(), freshName()];
    const subject = new Subject<unknown>();
    const summary = connection.invoke('UploadParameters', topic, subject);
    for (let n = 0; n < 50; n++) subject.next({ streamId: `car-${n % 2}`, data: PACKAGE });
    subject.complete();
    expect(await summary).toEqual({ batches: 50, bytes: 50 * JSON.stringify(PACKAGE).length });
    expect(await count(topic)).toBe(50);
  });

  it('ends an upload at a bad package, with its index and what is wrong', async () => {
    const [connection, topic] = [await connect(), freshName()];
    const subject = new Subject<unknown>();
    const failed = connection.invoke('UploadParameters', topic, subject);
    const outcome = expect(failed).rejects.toThrow(
      /invalid_parameters: batch 1: timestamps is missing \(1 before it are stored\)\n\[0\] \$\.timestamps: /,
    );
    subject.next({ streamId: 'car-1', data: PACKAGE });
    subject.next({ streamId: 'car-1', data: {} });
    await outcome;
    expect(await count(topic)).toBe(1);
  });

  it('refuses an item that is not {streamId, data}', async () => {
    const connection = await connect();
    const subject = new Subject<unknown>();
    const failed = connection.invoke('UploadParameters', freshName(), subject);
    const outcome = expect(failed).rejects.toThrow(
      /invalid_parameters: batch 0: the item has the unknown property "events"/,
    );
    subject.next({ streamId: 'car-1', events: [] });
    await outcome;
  });
});

describe('numbers that JSON does not have, in MessagePack', () => {
  it.each([NaN, Infinity, -Infinity])('%p is refused with its place, and nothing is stored', async (number) => {
    const connection = await connectBy(await shared.hub(), { protocol: 'messagepack' });
    const topic = freshName();
    const data = { timestamps: [T, T], numericValues: { Speed: [1, number] } };
    const place = `at ["numericValues"]["Speed"][1]: ${number} has no JSON form`;
    await expect(connection.invoke('SendParameterData', topic, 'car-1', data)).rejects.toThrow(place);
    const subject = new Subject<unknown>();
    const outcome = expect(connection.invoke('UploadParameters', topic, subject)).rejects.toThrow('has no JSON form');
    subject.next({ streamId: 'car-1', data });
    await outcome;
    expect(await count(topic)).toBe(0);
    await connection.invoke('SendParameterData', topic, 'car-1', { timestamps: [T] });
  });
});
