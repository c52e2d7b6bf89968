import { mintToken } from '../../src/auth/token-minter';
import { HttpPeer } from '../signalr/support/http-peer';
import { SharedHub } from '../support/shared-hub';
import { SECRET, TestHub, token } from '../support/test-hub';

const SEND = JSON.stringify({
  type: 1,
  invocationId: 'i',
  target: 'SendEventData',
  arguments: ['cars', 'car-1', [{ id: 'a', timestamp: 2_700_000_000_000_000 }]],
});
const STORED = '{"type":3,"invocationId":"i","result":null}';

function bearer(scopes: string[], subject?: string): { authorization: string } {
  return {
    authorization: `Bearer ${mintToken({ scopes, ...(subject === undefined ? {} : { subject }) }, SECRET).token}`,
  };
}

describe('rights of a connection that polls', () => {
  const shared = new SharedHub();

  it('are those of the token that carries the events, not of the one that began', async () => {
    const hub = await shared.hub();
    const writer = await HttpPeer.longPolling(`${hub.url}/hub`, bearer(['create'], 'ann'));
    const reader = writer.as(bearer(['read:cars'], 'ann'));
    await writer.post(SEND);
    expect(await reader.nextRecord()).toBe(STORED);
    await reader.post(SEND);
    expect(await writer.nextRecord()).toContain('HubException: forbidden');
  });

  it('of an upload are those of the token that carries the batch', async () => {
    const hub = await shared.hub();
    const [writer, events] = await HttpPeer.serverSentEvents(`${hub.url}/hub`, bearer(['create'], 'ann'));
    const batch = JSON.stringify({
      type: 2,
      invocationId: 's',
      item: { streamId: 'car-1', events: [{ id: 'a', timestamp: 2_700_000_000_000_000 }] },
    });
    await writer.post(
      '{"type":1,"invocationId":"u","target":"StreamEvents","arguments":["uploads"],"streamIds":["s"]}',
    );
    await writer.post(batch);
    while (!(await hub.read('/topics')).includes('uploads')) await new Promise((resolve) => setImmediate(resolve));
    await writer.as(bearer(['read:uploads'], 'ann')).post(batch);
    expect(await events.next()).toMatch(/HubException: forbidden: .*\(1 before it are stored\)/);
  });

  it('are nobody else’s: a token without a subject cannot go on with the connection of another one', async () => {
    const hub = await shared.hub();
    const peer = await HttpPeer.longPolling(`${hub.url}/hub`, bearer(['create']));
    expect((await peer.as(bearer(['create'])).post(SEND)).status).toBe(403);
    expect((await peer.as(bearer(['create'], 'ann')).poll()).status).toBe(403);
    expect((await peer.post(SEND)).status).toBe(200);
    expect(await peer.nextRecord()).toBe(STORED);
  });
});

describe('limits of the hub', () => {
  it('fail a call whose parsed argument is larger than 128 KiB, and count it', async () => {
    const hub = await TestHub.start();
    const connection = await hub.connect();
    const name = 'x'.repeat(130 * 1024);
    await expect(connection.invoke('CreateStream', 'cars', { name })).rejects.toThrow(
      'argument 2 is larger than 131072 bytes',
    );
    await expect(connection.invoke('SendEventData', name, 'car-1', [])).rejects.toThrow('argument 1 is larger');
    await connection.invoke('SendEventData', 'cars', 'car-1', [
      { id: 'a', timestamp: 2_700_000_000_000_000, value: name },
    ]);
    const metrics = await hub.read('/metrics');
    expect(metrics).toContain('writer_hub_limit_strikes_total{limit="hub_maximum_parsed_size"} 2');
    expect(hub.log()).toContain('"limit":"maximumParsedSize"');
  });

  it('close a connection that wants more memory than there is', async () => {
    const hub = await TestHub.start({ maxHeldBytes: 1024 * 1024 });
    const peer = await hub.connect(token('create'));
    const closed = new Promise<Error | undefined>((resolve) => {
      peer.onclose(resolve);
    });
    const value = 'x'.repeat(2 * 1024 * 1024);
    peer
      .invoke('SendEventData', 'cars', 'car-1', [{ id: 'a', timestamp: 2_700_000_000_000_000, value }])
      .catch(() => undefined);
    expect((await closed)?.message).toContain('the memory for messages on their way is used up');
    expect(await hub.read('/metrics')).toContain('writer_hub_limit_strikes_total{limit="hub_memory_share"} 1');
  });
});
