// Programs that use the client library with the types of the stock client, as a package of their own.
import * as signalR from '@microsoft/signalr';
import { HubError, WriterHubClient, type LiveEvent, type OfflineStore } from 'writer-hub/client';

export async function use(offlineStore: OfflineStore): Promise<LiveEvent[]> {
  const hub = new WriterHubClient({
    signalR,
    url: 'http://127.0.0.1:8080',
    token: () => Promise.resolve(''),
    protocol: new signalR.JsonHubProtocol(),
    logging: signalR.LogLevel.Warning,
    offlineStore,
  });
  await hub.send('cars', 'car-1', { id: 'a', timestamp: hub.now(), value: '1', tags: { k: 'v' } });
  // @ts-expect-error -- a number has no 19 digits
  await hub.send('cars', 'car-1', { id: 'a', timestamp: Date.now() });
  const events: LiveEvent[] = [];
  try {
    for await (const event of hub.read('cars', { from: { time: new Date() }, ids: ['a'] })) {
      const time: bigint = event.timestamp;
      if (time > 0n) events.push(event);
    }
  } catch (error) {
    const position: string | undefined = error instanceof HubError ? error.earliest : undefined;
    if (position === undefined) throw error;
  }
  return events;
}
