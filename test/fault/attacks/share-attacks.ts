import { aborted, repeat, send, type Attack, type Target } from './attack';
import { HubClient } from '../../../bench/support/hub-client';

const ENDLESS = 'WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t';

function query(target: Target, text: string): Promise<number> {
  return send(target, '/v0/sql', { method: 'POST', body: text, token: target.token });
}

/** What one subject takes from all others. */
export const SHARE_ATTACKS: readonly Attack[] = [
  {
    name: '102 slow queries of one token',
    run: (target, signal) => repeat(102, signal, () => query(target, ENDLESS)),
  },
  {
    name: 'slow queries while writes go on',
    async prepare(target) {
      const events = Array.from({ length: 20_000 }, (_, at) => ({ id: 'log', timestamp: at, value: 'v'.repeat(100) }));
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify(events);
      await send(target, '/topics/log/streams/s/events/data', { method: 'POST', body, headers, token: target.admin });
    },
    async run(target, signal) {
      const body = JSON.stringify(
        Array.from({ length: 1000 }, (_, at) => ({ id: 'log', timestamp: at, value: 'v'.repeat(300) })),
      );
      const headers = { 'content-type': 'application/json' };
      const slow = `SELECT count(*) FROM log AS a, log AS b WHERE a.value || b.value = 'x'`;
      await Promise.all([
        repeat(4, signal, () => query(target, slow)),
        repeat(4, signal, () =>
          send(target, '/topics/other/streams/s/events/data', { method: 'POST', body, headers, token: target.token }),
        ),
      ]);
    },
  },
  {
    name: 'one token negotiates without an end',
    run: (target, signal) =>
      repeat(64, signal, () =>
        send(target, '/hub/negotiate?negotiateVersion=1', { method: 'POST', token: target.token }),
      ),
  },
  {
    name: 'a flood over 64 hub connections',
    async run(target, signal) {
      const events = JSON.stringify(
        Array.from({ length: 1000 }, (_, at) => ({ id: 'flood', timestamp: at, value: 'some value' })),
      );
      await repeat(64, signal, async (loop) => {
        let last = 0;
        let closed: (reason?: unknown) => void = () => undefined;
        const gone = new Promise((resolve) => (closed = resolve));
        const client = await HubClient.open(target, {
          onCompletion: () => {
            if (!signal.aborted) client.invoke(++last, 'SendEventData', `["flood","s${loop}",${events}]`);
          },
          onClose: () => {
            closed();
          },
        });
        for (let inFlight = 0; inFlight < 4; inFlight++)
          client.invoke(++last, 'SendEventData', `["flood","s${loop}",${events}]`);
        await Promise.race([aborted(signal), gone]);
        client.destroy();
      });
    },
  },
  {
    name: 'one token makes topics until there are no more',
    async run(target, signal) {
      let last = 0;
      const headers = { 'content-type': 'application/json' };
      const body = '[{"id":"a","timestamp":1}]';
      await repeat(64, signal, () =>
        send(target, `/topics/made-${++last}/streams/s/events/data`, {
          method: 'POST',
          body,
          headers,
          token: target.token,
        }),
      );
    },
  },
  {
    name: '1,000 reads of pages of 10,000 events at once',
    async prepare(target) {
      const events = Array.from({ length: 20_000 }, (_, at) => ({ id: 'read', timestamp: at, value: 'v'.repeat(100) }));
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify(events);
      await send(target, '/topics/reads/streams/s/events/data', { method: 'POST', body, headers, token: target.admin });
    },
    run: (target, signal) =>
      repeat(100, signal, () => send(target, '/topics/reads/events/data?limit=10000', { token: target.token })),
  },
  {
    name: '10 MB of arguments that are parsed',
    async run(target, signal) {
      const topic = `[${'{"a":[1,2,3]},'.repeat(700_000)}1]`;
      await repeat(4, signal, async () => {
        let closed: (reason?: unknown) => void = () => undefined;
        const gone = new Promise((resolve) => (closed = resolve));
        let last = 0;
        const client = await HubClient.open(target, {
          onCompletion: () => {
            if (!signal.aborted) client.invoke(++last, 'CloseStream', `[${topic},"s"]`);
          },
          onClose: () => {
            closed();
          },
        });
        client.invoke(++last, 'CloseStream', `[${topic},"s"]`);
        await Promise.race([aborted(signal), gone]);
        client.destroy();
      });
    },
  },
];
