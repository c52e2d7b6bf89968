import { WebSocket } from 'ws';
import { defineHub, type LimitStrike, method } from '../../../src/signalr';
import { FakeClock } from '../support/fake-clock';
import { HttpPeer } from '../support/http-peer';
import { useHubs } from '../support/hub-servers';

const hubs = useHubs();

async function run(maximumConnections: number, shareConnections = true) {
  const clock = new FakeClock();
  const strikes: LimitStrike[] = [];
  const hub = defineHub<string>({ Echo: method(['json'], (_, value) => value) });
  const running = await hubs.run(hub, {
    clock,
    maximumConnections,
    shareConnections,
    authenticate: ({ headers }) => {
      const name = String(headers['x-name']);
      return { principal: name, userId: name };
    },
    onLimit: (strike) => {
      strikes.push(strike);
    },
  });
  const negotiate = async (name: string): Promise<[number, string | null]> => {
    const response = await fetch(`${running.url}/negotiate`, { method: 'POST', headers: { 'x-name': name } });
    return [response.status, response.headers.get('retry-after')];
  };
  return { ...running, clock, strikes, negotiate };
}

function statusOf(url: string, name: string): Promise<[number | undefined, string | undefined]> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url.replace('http', 'ws'), { headers: { 'x-name': name } });
    socket.on('unexpected-response', (_, response) => {
      resolve([response.statusCode, response.headers['retry-after']]);
      socket.on('error', () => undefined);
      socket.terminate();
    });
  });
}

describe('shares of connections', () => {
  it('leave somebody else a negotiation, however many one has; and give them back', async () => {
    const { negotiate, strikes, clock, log } = await run(8);
    const answers: number[] = [];
    for (let i = 0; i < 20; i++) answers.push((await negotiate('greedy'))[0]);
    expect(answers).toEqual([...Array<number>(6).fill(200), ...Array<number>(14).fill(429)]);
    expect(await negotiate('greedy')).toEqual([429, '5']);
    expect(await negotiate('ann')).toEqual([200, null]);
    expect(await negotiate('bob')).toEqual([200, null]);
    expect(await negotiate('eve')).toEqual([503, '5']);
    expect(strikes[0]).toEqual({ limit: 'negotiationShare', holder: 'greedy', remoteAddress: '127.0.0.1' });
    expect(strikes.at(-1)).toMatchObject({ limit: 'negotiations', holder: 'eve' });
    expect(log.takeErrors()).toEqual(['limit reached', 'limit reached']);
    clock.advance(16_000);
    expect(await negotiate('greedy')).toEqual([200, null]);
  });

  it('leave somebody else a connection, on every transport', async () => {
    const { connect, url, log, strikes, server } = await run(4);
    for (let i = 0; i < 3; i++) await connect({ headers: { 'x-name': 'greedy' } });
    expect(await statusOf(url, 'greedy')).toEqual([429, '5']);
    const peer = await HttpPeer.negotiate(url, { 'x-name': 'greedy' });
    expect(await peer.poll()).toMatchObject({ status: 429, headers: { 'retry-after': '5' } });
    const ann = await connect({ headers: { 'x-name': 'ann' } });
    expect(await statusOf(url, 'bob')).toEqual([503, '5']);
    expect(strikes.map(({ limit }) => limit)).toEqual(['connectionShare', 'connectionShare', 'connections']);
    expect(log.takeErrors()).toEqual(['limit reached', 'limit reached']);
    ann.socket.close();
    await ann.closed;
    while (server.connections === 4) await new Promise((resolve) => setImmediate(resolve));
    await connect({ headers: { 'x-name': 'bob' } });
  });

  it('are not kept unless the application says so', async () => {
    const { negotiate, log } = await run(4, false);
    for (let i = 0; i < 4; i++) expect((await negotiate('greedy'))[0]).toBe(200);
    expect((await negotiate('greedy'))[0]).toBe(503);
    expect(log.takeErrors()).toEqual(['limit reached']);
  });
});
