import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { HubLink, LinkLost } from '../../../../src/store/kafka/views/hub-link';
import { LinkKeys } from '../../../../src/store/kafka/views/link-keys';
import { LinkServer } from '../../../../src/store/kafka/views/link-server';

describe('HubLink', () => {
  const keys = new LinkKeys(['a secret that all hubs of the test have']);

  it('gives up what is under way when what comes is no WebSocket any more, says so, and is opened again', async () => {
    let served: WebSocket | undefined;
    const server = new LinkServer(keys, (socket) => {
      served = socket;
    });
    const port = await server.listen({ host: '127.0.0.1', port: 0 });
    const told: string[] = [];
    const link = new HubLink(`127.0.0.1:${port}`, keys, {
      onOpen: () => told.push('open'),
      onLost: () => told.push('lost'),
      onReply: () => undefined,
      onRefused: (reason) => told.push(String(reason)),
    });
    const until = async (count: number): Promise<void> => {
      while (told.length < count) await new Promise(setImmediate);
    };
    await until(1);
    while (served === undefined) await new Promise(setImmediate);
    const call = link.call('log.read', [], 0);
    // Bits that are reserved: RFC 6455, section 5.2.
    (served as unknown as { readonly _socket: Socket })._socket.write(Buffer.from([0xf2, 0x00]));
    await expect(call).rejects.toThrow(LinkLost);
    await until(3);
    expect(told).toEqual(['open', 'lost', 'open']);
    link.close();
    server.close();
  });
});
