import { SharedHub, freshName } from '../support/shared-hub';
import { EPOCH, EVERY_VALUE, expectEveryValue } from './support/every-value';
import { Collected, connectBy, StreamCall, WAYS } from './support/hub-clients';

const shared = new SharedHub();

describe.each(WAYS)('values sent by $transport in $protocol', (way) => {
  it('come back as they were sent: over HTTP, to subscribers, and to those who read', async () => {
    const [hub, t] = [await shared.hub(), freshName()];
    const connection = await connectBy(hub, way);
    const received = new Collected<unknown>();
    connection.on('ParameterDataReceived', received.add);
    await connection.invoke('SubscribeToParameter', t, '*', '*');
    await connection.invoke('SendParameterData', t, 'car-1', EVERY_VALUE);

    expectEveryValue(await hub.read(`/topics/${t}/streams/car-1/parameters/data?epoch=${EPOCH}`));
    const [live] = await received.count(1);
    // What a JavaScript number makes of the epoch.
    expect(live).toEqual({
      ...EVERY_VALUE,
      ...{ topicId: t, topicName: t, streamId: 'car-1', offset: '1', epoch: Number(EPOCH) },
    });
    const reads = new StreamCall<unknown>(connection, 'ReadParameters', t, { from: 'earliest', timestamps: 'text' });
    expect((await reads.count(2))[1]).toEqual({
      ...EVERY_VALUE,
      ...{ type: 'parameters', topic: t, streamId: 'car-1', offset: '1' },
      timestamps: EVERY_VALUE.timestamps.map(String),
    });
  });

  it('have the time that a JavaScript number says', async () => {
    const [hub, t] = [await shared.hub(), freshName()];
    const connection = await connectBy(hub, way);
    const now = 1697020374684 * 1000000;
    const data = { Timestamps: [now, now + 1000000], NumericValues: { Speed: [1, 2] } };
    await connection.invoke('SendParameterData', t, 'car-1', data);
    expect(await hub.read(`/topics/${t}/streams/car-1/parameters/data`)).toContain(
      '"timestamps":[1697020374684000000,1697020374685000000]',
    );
  });

  it('come from a position on, without those before it', async () => {
    const [hub, t] = [await shared.hub(), freshName()];
    const connection = await connectBy(hub, way);
    await connection.invoke('SendParameterData', t, 'car-1', EVERY_VALUE);
    await connection.invoke('SendParameterData', t, 'car-1', EVERY_VALUE);
    const received = new Collected<{ readonly offset: string; readonly numericValues: object }>();
    connection.on('ParameterDataReceived', received.add);
    await connection.invoke('SubscribeToParameter', t, 'car-1', 'Range', { from: '1' });
    await received.count(1);
    const { Range } = EVERY_VALUE.numericValues;
    expect(received.all).toMatchObject([{ offset: '2', numericValues: { Range } }]);
  });
});
