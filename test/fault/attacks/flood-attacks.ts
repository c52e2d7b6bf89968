import { aborted, openSocket, repeat, send, type Attack, type Target } from './attack';
import { HubClient } from '../../../bench/support/hub-client';

const JSON_TYPE = { 'content-type': 'application/json' };

/** Sends a request over a socket of its own that is never read from, and waits until that is cut. */
async function askAndReadNothing(target: Target, signal: AbortSignal, requestLine: string): Promise<void> {
  const socket = openSocket(target, signal);
  socket.write(`${requestLine} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${target.token}\r\n\r\n`);
  await Promise.race([aborted(signal), new Promise((resolve) => socket.once('close', resolve))]);
}

/** What costs the server more than the one who asks for it. */
export const FLOOD_ATTACKS: readonly Attack[] = [
  {
    name: 'requests without any token',
    async run({ url }, signal) {
      const paths = ['/docs', '/openapi.json', '/metrics', '/', '/v0/sql', '/topics', '/hub/negotiate'];
      await repeat(128, signal, async (loop) => (await fetch(url + paths[loop % paths.length]!)).arrayBuffer());
    },
  },
  {
    name: 'one token opens hub connections without an end',
    run: (target, signal) =>
      repeat(64, signal, async () => {
        const client = await HubClient.open(target, { onCompletion: () => undefined, onClose: () => undefined });
        client.destroy();
      }),
  },
  {
    name: 'results of queries that nobody reads',
    async prepare(target) {
      const events = Array.from({ length: 20_000 }, (_, at) => ({ id: 'r', timestamp: at, value: 'v'.repeat(100) }));
      const body = JSON.stringify(events);
      const path = '/topics/results/streams/s/events/data';
      await send(target, path, { method: 'POST', body, headers: JSON_TYPE, token: target.admin });
    },
    async run(target, signal) {
      const sql = encodeURIComponent('SELECT a.* FROM results AS a, results AS b LIMIT 500000 FORMAT JSON');
      await repeat(50, signal, () => askAndReadNothing(target, signal, `GET /v0/sql?q=${sql}`));
    },
  },
  {
    name: 'one token makes streams with large properties',
    async run(target, signal) {
      const body = JSON.stringify({ name: 'n', metadata: { text: 'x'.repeat(60_000) } });
      await repeat(64, signal, () =>
        send(target, '/topics/streams/streams', { method: 'POST', body, headers: JSON_TYPE, token: target.token }),
      );
    },
  },
  {
    name: 'one token makes and drops data sources',
    async run(target, signal) {
      let last = 0;
      const schema = `SCHEMA >\n${Array.from({ length: 500 }, (_, n) => `    c${n} Int64`).join(',\n')}`;
      await repeat(16, signal, async () => {
        const name = `made_${++last}`;
        await send(target, `/v0/datasources?name=${name}`, { method: 'POST', body: schema, token: target.admin });
        await send(target, `/v0/datasources/${name}`, { method: 'DELETE', token: target.admin });
      });
    },
  },
];
