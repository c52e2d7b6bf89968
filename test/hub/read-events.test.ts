import { mintToken } from '../../src/auth/token-minter';
import { HttpPeer } from '../signalr/support/http-peer';
import { SharedHub } from '../support/shared-hub';
import { atEnd, SECRET, TestHub, token } from '../support/test-hub';
import { append, connectBy, event, Reading, StreamCall, WAYS } from './support/hub-clients';

describe('ReadEvents', () => {
  let hub: TestHub;

  beforeEach(async () => {
    // The stock client leaves sockets behind that it never uses.
    hub = await TestHub.start({ shutdownTimeout: 200 });
    await append(hub, 't', 'a', 'e1', 'e2');
    await append(hub, 't', 'b', 'e3');
  });

  it.each(WAYS)('gives what is stored, then what comes, and ends at once, by $transport in $protocol', async (way) => {
    const connection = await connectBy(hub, way);
    const reading = new Reading(connection, 't', { from: 'earliest' });
    await reading.untilLive();
    expect(reading.types).toEqual(['start', 'event', 'event', 'event', 'caught-up']);
    expect(reading.all[0]).toEqual({ type: 'start', topic: 't', position: '0' });
    expect(reading.all[1]).toEqual({
      ...{ type: 'event', topic: 't', streamId: 'a', offset: '1', id: 'e1', value: 'v', tags: {} },
      timestamp: 1,
    });
    expect(reading.all.at(-1)).toEqual({ type: 'caught-up', topic: 't', position: '3' });
    await connection.invoke('SendEventData', 't', 'a', [event('e4')]);
    await reading.untilIds(4);
    expect(reading.ids).toEqual(['e1', 'e2', 'e3', 'e4']);
    reading.cancel();
    while (!(await hub.read('/metrics')).includes('\nwriter_hub_followers 0\n'));
    // Its place is free, and the connection goes on.
    const again = new Reading(connection, 't', { from: reading.all.at(-1)!.offset });
    await again.untilLive();
    expect(again.types).toEqual(['start', 'caught-up']);
  });

  it('begins now when nothing is said, and says where that is before anything comes', async () => {
    const reading = new Reading(await connectBy(hub), 't');
    await reading.untilLive();
    expect(reading.all).toEqual([
      { type: 'start', topic: 't', position: '3' },
      { type: 'caught-up', topic: 't', position: '3' },
    ]);
    await append(hub, 't', 'a', 'e4');
    await reading.untilIds(1);
    expect(reading.ids).toEqual(['e4']);
  });

  it('sends all digits of a timestamp as a number, or as a text', async () => {
    const exact = '[{"id":"x","timestamp":1618133869123456789,"value":"line\\nbreak \\u2028 😀","tags":{"a":"b"}}]';
    await hub.post('/topics/exact/streams/s%20x/events/data', exact);
    const authorization = `Bearer ${token('admin')}`;
    const [peer, records] = await HttpPeer.serverSentEvents(`${hub.url}/hub`, { authorization });
    atEnd(() => void records.response.destroy());
    await peer.post(
      '{"type":4,"invocationId":"i","target":"ReadEvents","arguments":["exact",{"from":"earliest","timestamps":"number"}]}',
    );
    await records.next();
    expect(await records.next()).toBe(
      '{"type":2,"invocationId":"i","item":{"type":"event","topic":"exact","offset":"1","streamId":"s x",' +
        '"timestamp":1618133869123456789,"id":"x","value":"line\\nbreak \u2028 😀","tags":{"a":"b"}}}',
    );
    for (const { protocol } of WAYS.slice(0, 2)) {
      const reading = new Reading(await connectBy(hub, { protocol }), 'exact', {
        from: 'earliest',
        timestamps: 'text',
      });
      await reading.untilIds(1);
      expect(reading.all[1]!.timestamp).toBe('1618133869123456789');
    }
  });

  it('reads many topics and streams in one call, and says of each item which read it is of', async () => {
    await append(hub, 'u', 'a', 'u1');
    await append(hub, 'u', 'b', 'u2');
    const reading = new Reading(await connectBy(hub), [
      { topic: 't', from: 'earliest', streamId: 'a' },
      { topic: 'u', from: 'latest' },
      { topic: 'u', from: 'earliest', timestamps: 'text' },
    ]);
    await reading.untilLive(3);
    expect(reading.all.slice(0, 3).map(({ type, topic, read, position }) => [type, topic, read, position])).toEqual([
      ['start', 't', 0, '0'],
      ['start', 'u', 1, '2'],
      ['start', 'u', 2, '0'],
    ]);
    await append(hub, 'u', 'a', 'u3');
    await append(hub, 't', 'a', 'e4');
    await reading.untilIds(7);
    const idsOf = (index: number): (string | undefined)[] =>
      reading.all.filter(({ type, read }) => type === 'event' && read === index).map(({ id }) => id);
    expect([idsOf(0), idsOf(1), idsOf(2)]).toEqual([['e1', 'e2', 'e4'], ['u3'], ['u1', 'u2', 'u3']]);
  });

  it('tells a reader for which there is nothing how far it is, never ahead of what it was given', async () => {
    const reading = new Reading(await connectBy(hub), 't', { from: 'earliest', ids: ['e1'] });
    await reading.until((all) => all.some(({ type }) => type === 'caught-up'));
    await append(hub, 't', 'a', 'other');
    await reading.until((all) => all.at(-1)!.position === '4');
    expect(reading.all.at(-1)).toEqual({ type: 'progress', topic: 't', position: '4' });
    await append(hub, 't', 'a', 'other', 'e1');
    await reading.untilIds(2);
    const resumed = new Reading(await connectBy(hub), 't', { from: '4', ids: ['e1'] });
    await resumed.untilIds(1);
    expect(resumed.all.find(({ type }) => type === 'event')!.offset).toBe('6');
  });

  it('asks for the right to read each topic before anything is read', async () => {
    await append(hub, 'u', 'a', 'u1');
    const connection = await connectBy(hub, { bearer: token('read:t', 'append:u') });
    for (const args of [['u'], [[{ topic: 't', from: 'earliest' }, { topic: 'u' }]], ['nowhere']]) {
      const reading = new Reading(connection, ...args);
      expect((await reading.ended)?.message).toContain('HubException: forbidden: the token lacks the scope read:');
      expect(reading.all).toEqual([]);
    }
  });

  it('ends with unknown_topic when the topic is removed, and a position of it is gone when it is made again', async () => {
    const connection = await connectBy(hub);
    const reading = new Reading(connection, 't');
    await reading.untilLive();
    await hub.fetch('/topics/t', { method: 'DELETE' });
    expect((await reading.ended)?.message).toContain('HubException: unknown_topic: ');
    await append(hub, 't', 'a', 'n1', 'n2', 'n3', 'n4');
    const resumed = new Reading(connection, 't', { from: '3' });
    expect((await resumed.ended)?.message).toMatch(/HubException: position_gone: .*the earliest position is now \S+/);
    expect(resumed.all).toEqual([]);
  });

  it.each(WAYS)('ends with shutting_down when the server stops, by $transport in $protocol', async (way) => {
    const connection = await connectBy(hub, way);
    const closed = new Promise<string>((resolve) => {
      connection.onclose(() => {
        resolve('closed');
      });
    });
    const readings = [
      new Reading(connection, 't'),
      new Reading(connection, [{ topic: 't', streamId: 'a' }, { topic: 't' }]),
      new StreamCall(connection, 'ReadParameters', 't'),
      new StreamCall(connection, 'ReadTopics'),
      new StreamCall(connection, 'ReadStreams', 't'),
    ];
    for (const reading of readings) await reading.until(() => reading.all.length >= 2);
    const ends = readings.map(async (reading) => (await Promise.race([reading.ended, closed]))?.toString());
    await hub.close();
    for (const end of ends) expect(await end).toContain('HubException: shutting_down: the server is stopping');
  });

  it('has one place for each read, of those that readers over HTTP have too', async () => {
    const small = await TestHub.start({ maxFollowers: 4, shutdownTimeout: 200 });
    await append(small, 't', 'a', 'e1');
    const bearer = token('admin');
    const headers = { accept: 'application/x-ndjson', authorization: `Bearer ${bearer}` };
    const connection = await connectBy(small, { bearer });
    const refused = new Reading(connection, new Array(5).fill({ topic: 't' }));
    expect((await refused.ended)?.message).toMatch(/HubException: (over_share|store_busy): /);
    const three = new Reading(connection, new Array(3).fill({ topic: 't' }));
    await three.untilLive(3);
    const one = await small.fetch('/topics/t/events', { headers });
    expect([429, 503]).toContain(one.status);
    expect(await small.read('/metrics')).toMatch(/^writer_hub_followers 3$/m);
    three.cancel();
    while (!(await small.read('/metrics')).includes('\nwriter_hub_followers 0\n'));
    const again = await small.fetch('/topics/t/events', { headers });
    expect(again.status).toBe(200);
    await again.body?.cancel();
  });
});

describe('ReadEvents, where nothing is written meanwhile', () => {
  const shared = new SharedHub();

  beforeAll(async () => {
    await append(await shared.hub(), 't', 'a', 'e1', 'e2');
    await append(await shared.hub(), 't', 'b', 'e3');
  });

  it.each([
    [{ from: 'earliest', streamId: 'b' }, ['e3']],
    [{ from: 'earliest', streamId: '*' }, ['e1', 'e2', 'e3']],
    [{ from: 'earliest', ids: ['e1', 'e3'] }, ['e1', 'e3']],
    [{ from: 'earliest', ids: ['e1', '*'] }, ['e1', 'e2', 'e3']],
    [{ from: 'earliest', tags: { car: '1' } }, []],
    [{ from: '1' }, ['e2', 'e3']],
    [{ from: { time: '2020-01-01T00:00:00Z' } }, ['e1', 'e2', 'e3']],
    [{ from: { time: 1_577_836_800_000_000_000 } }, ['e1', 'e2', 'e3']],
    [{ from: { time: '1577836800000000000' } }, ['e1', 'e2', 'e3']],
    [{ from: { time: '2100-01-01T00:00:00+02:00' } }, []],
    [{ from: null, streamId: null, ids: null, tags: null, timestamps: null }, []],
  ])('begins where it is asked to, and gives what is asked for: %j', async (options, ids) => {
    const reading = new Reading(await connectBy(await shared.hub()), 't', options);
    await reading.untilLive();
    expect(reading.ids).toEqual(ids);
  });

  it.each([
    [['t', { from: 12 }], 'from=12 is not "earliest", "latest", a position as text, or {time}'],
    [['t', { from: 'no position' }], 'from="no position" is not'],
    [['t', { from: ['1'] }], 'from=["1"] is not'],
    [['t', { from: { at: 1 } }], 'from has the unknown property "at"'],
    [['t', { from: { time: 'yesterday' } }], 'from.time="yesterday" is not'],
    [['t', { from: { time: '2024-05-06' } }], 'from.time="2024-05-06" is a date without a time'],
    [['t', { from: { time: 1_618_133_869_000 } }], 'from.time=1618133869000 is not a time in nanoseconds'],
    [['t', { from: { time: -5 } }], 'from.time=-5 is not a time from 0 to 9223372036854775807 nanoseconds'],
    [['t', { from: { time: '99999999999999999999' } }], 'from.time="99999999999999999999" is not a time from 0 to'],
    [['t', { from: { time: 1e30 } }], 'from.time=1e+30 is not a time from 0 to'],
    [['t', { from: { time: '9223372036854775808' } }], 'from.time="9223372036854775808" is not a time from 0 to'],
    [['t', { from: { time: 1.5 } }], 'from.time=1.5 is not ISO 8601'],
    [['t', { from: {} }], 'from.time=undefined is not ISO 8601'],
    [['t', { form: 'earliest' }], 'form'],
    [['t', { ids: 'e1' }], 'ids'],
    [['t', { ids: [] }], 'ids'],
    [['t', { ids: new Array(101).fill('x') }], 'ids'],
    [['t', { tags: { a: 1 } }], 'tags'],
    [['t', { timestamps: 'bigint' }], 'timestamps'],
    [['t', 'earliest'], 'the options are not'],
    [[[]], 'the array of reads is empty'],
    [[new Array(101).fill({ topic: 't' })], 'there are 101 reads, 100 at the most'],
    [[[{ topic: 't' }, 'u']], 'reads[1] is not an object'],
    [[[{ topic: 't' }, { topic: 't', from: 7 }]], 'reads[1].from=7'],
    [[[{ topic: 't' }], { from: 'earliest' }], 'there are no other options'],
    [[], 'ReadEvents takes'],
  ])('refuses what it cannot mean, and names it: %j', async (args, reason) => {
    const reading = new Reading(await connectBy(await shared.hub()), ...args);
    const error = await reading.ended;
    expect(error?.message).toContain('HubException: invalid_query: ');
    expect(error?.message).toContain(reason);
    expect(reading.all).toEqual([]);
  });

  it.each([
    ['nothing', 'invalid_name: the topic name is empty', [''], {}],
    ['unknown', 'unknown_topic: ', ['nowhere'], {}],
    ['beyond the head', 'invalid_query: from="99" is beyond the end of the topic', ['t', { from: '99' }], {}],
    [
      'of one of several',
      'invalid_query: reads[1].from="99" is beyond',
      [[{ topic: 't' }, { topic: 't', from: '99' }]],
      {},
    ],
    ['of no topic', 'invalid_query: from="abc" is not a position', ['t', { from: 'abc' }], {}],
    ['one of several', 'unknown_topic: ', [[{ topic: 't', from: 'earliest' }, { topic: 'nowhere' }]], { read: 1 }],
  ])('refuses before the first item: %s', async (_, code, args, { read }: { readonly read?: number }) => {
    const reading = new Reading(await connectBy(await shared.hub()), ...args);
    const error = await reading.ended;
    expect(error?.message).toContain(`HubException: ${code}`);
    if (read !== undefined) expect(error?.message).toContain(`(read ${read})`);
    expect(reading.all).toEqual([]);
  });
});

describe('the rights of a reader', () => {
  it('end with the token, with a reason', async () => {
    const hub = await TestHub.start({ closeOnTokenExpiry: false, clockTolerance: 0 });
    await append(hub, 't', 'a', 'e1');
    const bearer = mintToken({ scopes: ['read:t'], expiresIn: 4 }, SECRET).token;
    const connection = await connectBy(hub, { bearer });
    const reading = new Reading(connection, 't');
    expect((await reading.ended)?.message).toContain('HubException: unauthenticated: the token has expired');
    expect(connection.state).toBe('Connected');
  });

  it('end when the token is revoked', async () => {
    const hub = await TestHub.start();
    await append(hub, 't', 'a', 'e1');
    const { token: bearer, tokenId } = mintToken({ scopes: ['read:t'] }, SECRET);
    const reading = new Reading(await connectBy(hub, { bearer }), 't');
    await reading.untilLive();
    await hub.post('/tokens/revoke', { tokenId });
    expect((await reading.ended)?.message).toContain('unauthenticated: the token was revoked');
  });

  it('go on with the token that a client which polls sends meanwhile, if that may read', async () => {
    const hub = await TestHub.start({ closeOnTokenExpiry: false, clockTolerance: 0 });
    await append(hub, 't', 'a', 'e1');
    await append(hub, 'u', 'a', 'e1');
    const mint = (scopes: string[], expiresIn: number): { authorization: string } => ({
      authorization: `Bearer ${mintToken({ scopes, expiresIn, subject: 'ann' }, SECRET).token}`,
    });
    const [first, stream] = await HttpPeer.serverSentEvents(`${hub.url}/hub`, mint(['read:*'], 2));
    atEnd(() => void stream.response.destroy());
    await first.post('{"type":4,"invocationId":"t","target":"ReadEvents","arguments":["t",{"from":"latest"}]}');
    await first.post('{"type":4,"invocationId":"u","target":"ReadEvents","arguments":["u",{"from":"latest"}]}');
    await first.as(mint(['read:t'], 3600)).post('{"type":6}');
    const records: string[] = [];
    const until = async (text: string): Promise<string> => {
      while (!records.some((record) => record.includes(text))) records.push(await stream.next());
      return records.find((record) => record.includes(text))!;
    };
    // The first token ends while these go on.
    expect(await until('"type":3')).toMatch(/"invocationId":"u".*forbidden: /);
    await append(hub, 't', 'a', 'e2');
    await until('"id":"e2"');
    expect(records.filter((record) => record.includes('"type":3'))).toHaveLength(1);
  });
});
