import type { HubConnection } from '@microsoft/signalr';
import { mintToken } from '../../src/auth/token-minter';
import { HttpPeer } from '../signalr/support/http-peer';
import { atEnd, SECRET, TestHub, token } from '../support/test-hub';
import { connectBy, StreamCall, WAYS } from './support/hub-clients';

interface Item {
  readonly type: string;
  readonly topic: string;
  readonly position?: string;
  readonly offset?: string;
  readonly row?: Readonly<Record<string, unknown>>;
}

/** A call of `ReadRows`. */
class Reading extends StreamCall<Item> {
  constructor(connection: HubConnection, ...args: unknown[]) {
    super(connection, 'ReadRows', ...args);
  }

  get numbers(): unknown[] {
    return this.all.flatMap(({ type, row }) => (type === 'row' ? [row?.['n']] : []));
  }

  untilLive(): Promise<Item[]> {
    return this.until((all) => all.some(({ type }) => type === 'caught-up'));
  }
}

const append = async (hub: TestHub, ...numbers: unknown[]): Promise<void> => {
  const rows = numbers.map((n) => `{"n":${String(n)}}`).join('\n');
  expect((await hub.post('/v0/events?name=d&wait=true', rows)).status).toBe(200);
};

describe('ReadRows', () => {
  let hub: TestHub;

  beforeEach(async () => {
    hub = await TestHub.start({ shutdownTimeout: 200 });
    await hub.post('/v0/datasources?name=d', 'SCHEMA >\n    `n` Int64\n', { 'content-type': 'text/plain' });
    await append(hub, 1, 2);
  });

  it.each(WAYS)('gives what is stored, then what comes, and ends at once, by $transport in $protocol', async (way) => {
    const reading = new Reading(await connectBy(hub, way), 'd', { from: 'earliest' });
    await reading.untilLive();
    expect(reading.all).toEqual([
      { type: 'start', topic: 'd', position: '0' },
      { type: 'row', topic: 'd', offset: '1', row: { n: 1, _rest: null } },
      { type: 'row', topic: 'd', offset: '2', row: { n: 2, _rest: null } },
      { type: 'caught-up', topic: 'd', position: '2' },
    ]);
    await append(hub, 3);
    await reading.count(5);
    expect(reading.numbers).toEqual([1, 2, 3]);
    reading.cancel();
    while (!(await hub.read('/metrics')).includes('\nwriter_hub_followers 0\n'));
  });

  it.each([
    [{ from: '1' }, [2]],
    [{ from: { time: '2020-01-01T00:00:00Z' } }, [1, 2]],
    [{ from: 'latest' }, []],
    [{ from: null, quarantine: null, integers: null }, []],
    [undefined, []],
  ])('begins where it is asked to: %j', async (options, numbers) => {
    const connection = await connectBy(hub);
    const reading = options === undefined ? new Reading(connection, 'd') : new Reading(connection, 'd', options);
    await reading.untilLive();
    expect(reading.numbers).toEqual(numbers);
  });

  it('reads the quarantine', async () => {
    const reading = new Reading(await connectBy(hub), 'd', { quarantine: true });
    await reading.untilLive();
    await append(hub, '"bad"', 3);
    await reading.count(3);
    expect(reading.all[2]).toMatchObject({ offset: 'q1', row: { c__error_column: ['n'], c__row: '{"n":"bad"}' } });
  });

  it('sends all digits as numbers, or as texts for clients whose numbers are not exact', async () => {
    await append(hub, '9223372036854775807');
    const authorization = `Bearer ${token('admin')}`;
    for (const [integers, digits] of [
      ['number', '9223372036854775807'],
      ['text', '"9223372036854775807"'],
    ] as const) {
      const [peer, records] = await HttpPeer.serverSentEvents(`${hub.url}/hub`, { authorization });
      atEnd(() => void records.response.destroy());
      await peer.post(
        `{"type":4,"invocationId":"i","target":"ReadRows","arguments":["d",{"from":"2","integers":"${integers}"}]}`,
      );
      await records.next();
      expect(await records.next()).toBe(
        `{"type":2,"invocationId":"i","item":{"type":"row","topic":"d","offset":"3","row":{"n":${digits},"_rest":null}}}`,
      );
    }
  });

  it('ends with the code of what ends it', async () => {
    const { token: bearer, tokenId } = mintToken({ scopes: ['read:d'] }, SECRET);
    const dropped = new Reading(await connectBy(hub), 'd');
    const revoked = new Reading(await connectBy(hub, { bearer }), 'd');
    await Promise.all([dropped.untilLive(), revoked.untilLive()]);
    await hub.post('/tokens/revoke', { tokenId });
    expect((await revoked.ended)?.message).toContain('unauthenticated: the token was revoked');
    await hub.fetch('/v0/datasources/d', { method: 'DELETE' });
    expect((await dropped.ended)?.message).toContain('unknown_data_source: Data Source "d" does not exist');
  });

  it.each<[string, unknown[], string[], RegExp]>([
    ['no data source', ['none'], ['read:*'], /unknown_data_source: /],
    ['no scope', ['d'], ['append:d', 'drop:d'], /forbidden: the token lacks the scope read:d/],
    ['no name', [7], ['read:*'], /invalid_name: /],
    ['an unknown option', ['d', { form: 'earliest' }], ['read:*'], /invalid_query: the options are not \{from,/],
    ['a start that is none', ['d', { from: 7 }], ['read:*'], /invalid_query: from=7 is not "earliest"/],
    ['a position beyond the end', ['d', { from: '99' }], ['read:*'], /invalid_query: from="99" is beyond the end/],
    [
      'a position of rows for a quarantine',
      ['d', { from: '1', quarantine: true }],
      ['read:*'],
      /invalid_query: from="1" is not/,
    ],
    ['integers of another kind', ['d', { integers: 'bigint' }], ['read:*'], /invalid_query: the options are not/],
  ])('refuses %s', async (_, args, scopes, message) => {
    const reading = new Reading(await connectBy(hub, { bearer: token(...scopes) }), ...args);
    expect((await reading.ended)?.message).toMatch(message);
    expect(reading.all).toEqual([]);
    expect(await hub.read('/metrics')).toMatch(/^writer_hub_followers 0$/m);
  });

  it('says that a position is of a data source that was there before', async () => {
    await hub.fetch('/v0/datasources/d', { method: 'DELETE' });
    await append(hub, 1);
    const reading = new Reading(await connectBy(hub), 'd', { from: '1' });
    expect((await reading.ended)?.message).toMatch(/position_gone: .*the earliest position is now g\d+-0/);
  });
});
