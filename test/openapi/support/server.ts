import { atEnd, TestHub, token } from '../../support/test-hub';

/** A server with something of everything, and a token that may do everything. */
export async function startServer(): Promise<{ readonly url: string; readonly bearer: string }> {
  const hub = await TestHub.start({ shutdownTimeout: 200 });
  atEnd(() => hub.close());
  await hub.post('/topics/cars/streams/car-1/events/data', [
    { id: 'Alert', timestamp: 1618133869000000000, value: 'Help' },
  ]);
  await hub.post('/topics/cars/streams/car-1/parameters/data', {
    timestamps: ['1618133869000000000', '1618133870000000000'],
    numericValues: { Speed: [120.5, null], Gear: [3, 4] },
    tagValues: { lap: ['1', '1'] },
  });
  await hub.post('/v0/events?name=events_test&wait=true', '{"date":"2020-04-05 00:05:38","city":"Chicago"}');
  await hub.post('/v0/events?name=events_test&wait=true', '{"date":"never","city":5}');
  return { url: hub.url, bearer: token('admin') };
}
