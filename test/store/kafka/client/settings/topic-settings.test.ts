import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { TopicSettings } from '../../../../../src/store/kafka/client/settings/topic-settings';
import { WireWriter } from '../../../../../src/store/kafka/client/settings/wire';

const servers: Server[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** Something that listens, and answers each chunk that it gets. */
async function listener(answer: (request: Buffer, socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', (request) => {
      answer(request, socket);
    });
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An answer to the first request: what the cluster says of some topics. */
function answerOf(topics: readonly (readonly [name: string, settings: Readonly<Record<string, string>>])[]): Buffer {
  const answer = new WireWriter().int32(1).int32(0);
  answer.array(topics, ([name, settings]) => {
    answer.int16(0).int16(-1).int8(2).string(name);
    answer.array(Object.entries(settings), ([key, value]) => {
      answer
        .string(key)
        .string(value)
        .int8(0)
        .int8(5)
        .int8(0)
        .array([], () => undefined);
    });
  });
  return answer.toRequest();
}

describe('TopicSettings', () => {
  it('asks once for all topics of a turn, and reads answers that come in pieces', async () => {
    const requests: Buffer[] = [];
    const answer = answerOf([
      ['a', { 'retention.ms': '-1' }],
      ['b', { 'retention.ms': '1000', 'cleanup.policy': 'compact' }],
    ]);
    const address = await listener((request, socket) => {
      requests.push(request);
      for (let at = 0; at < answer.length; at += 7) socket.write(answer.subarray(at, at + 7));
    });
    const settings = new TopicSettings(address);
    const [a, b] = await Promise.all([settings.of('a'), settings.of('b')]);
    expect(Object.fromEntries(a)).toEqual({ 'retention.ms': '-1' });
    expect(Object.fromEntries(b)).toEqual({ 'retention.ms': '1000', 'cleanup.policy': 'compact' });
    expect(requests).toHaveLength(1);
  });

  it('does not wait for ever for what does not answer', async () => {
    const address = await listener(() => undefined);
    await expect(new TopicSettings(address, {}, 10).of('a')).rejects.toThrow(/timeout/);
  });

  it.each([
    ['closes the connection', (_: Buffer, socket: Socket) => socket.end(), 'closed the connection'],
    [
      'speaks HTTP',
      (_: Buffer, socket: Socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
      'no broker of Kafka',
    ],
    [
      'answers something else',
      (_: Buffer, socket: Socket) => socket.write(new WireWriter().int32(7).int32(0).toRequest()),
      'something else',
    ],
    [
      'leaves out a topic',
      (_: Buffer, socket: Socket) => socket.write(answerOf([['b', {}]])),
      'the cluster has not answered',
    ],
    [
      'ends its answer too early',
      (_: Buffer, socket: Socket) =>
        socket.write(new WireWriter().int32(1).int32(0).int32(1).int16(0).int16(500).toRequest()),
      'ends too early',
    ],
  ])('rejects when what listens %s', async (_, answer, reason) => {
    await expect(new TopicSettings(await listener(answer)).of('a')).rejects.toThrow(reason);
  });
});
