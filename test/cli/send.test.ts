import { deflateSync, gzipSync } from 'node:zlib';
import { freshName, SharedHub } from '../support/shared-hub';
import { TestHub, temporaryDirectory } from '../support/test-hub';
import { line, lines, send, sendByProcess } from './support/send';

const sharedServer = new SharedHub();

describe('writer-hub send', () => {
  it.each([
    ['lines', lines(2500)],
    ['an array', `[${lines(2500).trimEnd().replaceAll('\n', ',')}]`],
  ])('sends %s in order, with every digit', async (_, input) => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    const { code, stderr } = await sendByProcess(hub, topic, input, '--batch', '100');
    expect(stderr).toMatch(/^2500 events stored in /);
    expect(code).toBe(0);
    const text = await hub.read(`/topics/${topic}/streams/car-1/events/data?limit=10000`, {
      accept: 'application/x-ndjson',
    });
    const stored = text
      .trimEnd()
      .split('\n')
      .map((event) => event.replace(/"offset":"\d+",/, ''));
    expect(stored[2499]).toBe(`{"timestamp":${1618133869000000001n + 2499n},"id":"n","value":"2499","tags":{}}`);
    expect(stored.map((event) => /"value":"(\d+)"/.exec(event)?.[1])).toEqual(
      Array.from({ length: 2500 }, (_item, n) => String(n)),
    );
  });

  it.each([
    ['a byte order mark', `\uFEFF${lines(2)}`],
    ['a byte order mark before an array', `\uFEFF[${line(0)},${line(1)}]`],
    ['records of RFC 8142', `\x1e${line(0)}\n\x1e${line(1)}\n`],
  ])('takes %s', async (_, input) => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    expect(await send(hub, topic, input)).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^2 events stored/) as string,
    });
    const stored = await hub.read(`/topics/${topic}/streams/car-1/events/data`);
    expect(stored.match(/"timestamp":\d+/g)).toEqual([
      '"timestamp":1618133869000000001',
      '"timestamp":1618133869000000002',
    ]);
  });

  it.each([
    ['gzip', gzipSync(line(0)), 'it is gzip: gunzip -c FILE | writer-hub send …'],
    ['zlib', deflateSync(line(0)), 'it is compressed with zlib: pigz -dc FILE | writer-hub send …'],
    ['Parquet', 'PAR1\x15\x04', 'it is Parquet: send a JSON object for each row'],
    ['UTF-16', Buffer.from(`\uFEFF${line(0)}`, 'utf16le'), 'it is UTF-16: iconv -f UTF-16 -t UTF-8 FILE | writer-hub'],
    ['UTF-16 without a mark', Buffer.from(line(0), 'utf16le'), 'it is UTF-16: iconv -f UTF-16 -t UTF-8 FILE |'],
    ['bytes of no encoding', Buffer.from('é', 'latin1'), 'encode the text as UTF-8, or decompress it first'],
    ['objects with commas', `${line(0)},\n${line(1)}`, 'put [ before and ] behind them'],
    ["Python's quotes", "{'id': 'a'}", 'json.dumps of Python'],
    ['JSON in a string', JSON.stringify(line(0)), 'encoded twice'],
  ])('says what to do about %s', async (_, input, remedy) => {
    const { code, stderr } = await send(await sharedServer.hub(), freshName('cars'), input);
    expect(code).toBe(1);
    expect(stderr).toContain(remedy);
  });

  it('says which events were refused and why, and how many were stored', async () => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    const { code, stderr } = await send(hub, topic, `${line(0)}\n${line(1)}\n{"id":"x"}\n`, '--batch', '2');
    expect(code).toBe(1);
    expect(stderr).toMatch(/2 events were stored, then: events 3 to 3 of the input: .*invalid_events.*timestamp/s);
  });

  it('takes times in ISO 8601 to the digit, and refuses another unit with --strict', async () => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    const event = '{"id":"a","timestamp":"2024-05-06T09:08:09.123456789+02:00"}\n';
    expect(await send(hub, topic, event)).toMatchObject({ code: 0 });
    expect(await hub.read(`/topics/${topic}/streams/car-1/events/data`)).toContain('"timestamp":1714979289123456789,');
    const strict = await send(hub, topic, '{"id":"a","timestamp":1714979289}\n', '--strict');
    expect(strict.code).toBe(1);
    expect(strict.stderr).toMatch(/it seems to be in seconds: append 9 zeros/);
    expect(await send(hub, topic, '{"id":"a","timestamp":1714979289}\n')).toMatchObject({ code: 0 });
  });

  it('shows what the server warns of, once per stream', async () => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    const input = '{"id":"a","timestamp":1714979289}\n'.repeat(4);
    const { code, stderr } = await send(hub, topic, input, '--batch', '2');
    expect(code).toBe(0);
    expect(stderr.match(/^warning: timestamp 1714979289 .*it seems to be in seconds: append 9 zeros/gm)).toHaveLength(
      1,
    );
    expect(stderr).toMatch(/^4 events stored/m);
    expect(await send(hub, topic, input)).toMatchObject({
      stderr: expect.stringMatching(/^4 events stored/) as string,
    });
  });

  it('names what is stored and what is not, and goes on from there without storing anything twice', async () => {
    const dataDir = temporaryDirectory();
    const input = lines(30_000);
    const small = await TestHub.start({ dataDir, maxDatabaseBytes: 500_000 });
    const stopped = await send(small, 'cars', input);
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toMatch(
      /^writer-hub: \d+ events were stored, then: events \d+ to \d+ of the input: .*store_unavailable/,
    );
    const stored = [...stopped.stderr.matchAll(/^events (\d+) to (\d+) are stored$/gm)].map(([, first, last]) => [
      first,
      last,
    ]);
    expect(stored[0]?.[0]).toBe('1');
    expect(stopped.stderr).toMatch(
      /^events 1 to \d+ are stored\nevents \d+ to \d+ are not stored\nlater events were not sent/m,
    );
    const [, mark = ''] = /--resume (\S+)$/m.exec(stopped.stderr) ?? [];
    const count = async (hub: TestHub): Promise<number> =>
      (JSON.parse(await hub.read('/topics/cars/streams/car-1')) as { eventCount: number }).eventCount;
    expect(await count(small)).toBe(stored.reduce((sum, [first, last]) => sum + Number(last) - Number(first) + 1, 0));
    await small.close();

    const roomy = await TestHub.start({ dataDir });
    const resumed = await send(roomy, 'cars', input, '--resume', mark);
    expect([resumed.code, resumed.stderr]).toEqual([0, expect.stringMatching(/^\d+ events stored in /)]);
    expect(await count(roomy)).toBe(30_000);
  });

  it('does not take a mark that it has not printed', async () => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    const { code, stderr } = await send(hub, topic, line(0), '--resume', 'yesterday');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--resume takes what a send that stopped has printed')]);
  });

  it('refuses bytes that are not UTF-8 rather than change them', async () => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    const input = Buffer.from(`${line(0)}\n{"id":"caf\xe9","timestamp":1}\n`, 'latin1');
    const { code, stderr } = await send(hub, topic, input, '--batch', '1');
    expect(code).toBe(1);
    expect(stderr).toContain('events were stored, then: event 2 of the input is not valid UTF-8');
  });

  it.each([
    ['text that is no JSON', 'hello', [], /expected an event object at byte 0/],
    ['a token that is refused', '{}', ['--token', 'nonsense'], /401/],
    ['a server that is not there', '{}', ['--url', 'http://127.0.0.1:1'], /./],
  ])('fails with a line on stderr for %s', async (_, input, flags, message) => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    const { code, stderr } = await send(hub, topic, input, ...flags);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^writer-hub: /);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });
});
