import { request } from 'node:http';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { SharedHub, freshName } from '../support/shared-hub';
import { TestHub, token } from '../support/test-hub';

const shared = new SharedHub();

/** The events of a stream whose topic no other test has: the first has the offset 1. */
const freshPath = (): string => `/topics/${freshName()}/streams/car-1/events/data`;

const EVENTS = '/topics/cars/streams/car-1/events/data';
const EVENT = { id: 'Alert', timestamp: 1618133869000000000, tags: { capacity: 'over' }, value: 'Help' };
const STORED = '{"offset":"1","timestamp":1618133869000000000,"id":"Alert","value":"Help","tags":{"capacity":"over"}}';

describe('POST events', () => {
  it.each([
    ['an array', [EVENT]],
    ['one bare event', EVENT],
    ['an event in PascalCase', { Id: 'Alert', Timestamp: EVENT.timestamp, Tags: EVENT.tags, Value: 'Help' }],
    ['a timestamp as digits', { ...EVENT, timestamp: '1618133869000000000' }],
  ])('takes %s and answers 200 with an empty body', async (_, body) => {
    const [hub, path] = [await shared.hub(), freshPath()];
    const response = await hub.post(path, body);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
    expect(await hub.read(path)).toBe(`{"events":[${STORED}],"next":null}`);
  });

  it('keeps every digit of a timestamp', async () => {
    const hub = await shared.emptied();
    const extremes = ['9223372036854775807', '-9223372036854775808', '1697020374684026881'];
    await hub.post(
      EVENTS,
      `[${extremes.map((timestamp) => `{"id":"a","timestamp":${timestamp},"value":""}`).join(',')}]`,
    );
    expect([...(await hub.read(EVENTS)).matchAll(/"timestamp":(-?\d+)/g)].map(([, digits]) => digits)).toEqual(
      extremes,
    );
  });

  it('answers 200 to an empty array and stores nothing', async () => {
    const hub = await shared.emptied();
    expect((await hub.post(EVENTS, [])).status).toBe(200);
    expect(await hub.read('/topics')).toBe('{"topics":[],"next":null}');
  });

  it('takes a gzipped body', async () => {
    const [hub, path] = [await shared.hub(), freshPath()];
    const response = await hub.post(path, gzipSync(JSON.stringify([EVENT])), { 'content-encoding': 'gzip' });
    expect(response.status).toBe(200);
    expect(await hub.read(path)).toContain(STORED);
  });

  it('takes names with any letters, percent-encoded', async () => {
    const hub = await shared.emptied();
    const path = `/topics/${encodeURIComponent('Füße & Räder')}/streams/${encodeURIComponent('a b?c')}/events/data`;
    expect((await hub.post(path, [EVENT])).status).toBe(200);
    expect(await hub.read(path)).toContain(STORED);
    expect(await hub.read('/topics')).toContain('"name":"Füße & Räder"');
  });

  it.each<[string, string, string, { code: string; problem?: object; position?: number }]>([
    ['no timestamp', EVENTS, '[{"id":"a"}]', { code: 'invalid_events', problem: { index: 0, path: '$.timestamp' } }],
    ['no id', EVENTS, '[{"timestamp":1}]', { code: 'invalid_events', problem: { index: 0, path: '$.id' } }],
    [
      'a fraction',
      EVENTS,
      '[{"id":"a","timestamp":1.5}]',
      { code: 'invalid_events', problem: { index: 0, path: '$.timestamp' } },
    ],
    [
      'beyond int64',
      EVENTS,
      '[{"id":"a","timestamp":9223372036854775808}]',
      { code: 'invalid_events', problem: { index: 0, path: '$.timestamp' } },
    ],
    [
      'a word',
      EVENTS,
      '[{"id":"a","timestamp":"now"}]',
      { code: 'invalid_events', problem: { index: 0, path: '$.timestamp' } },
    ],
    [
      'a value that is no string',
      EVENTS,
      '[{"id":"a","timestamp":1,"value":5}]',
      { code: 'invalid_events', problem: { index: 0, path: '$.value' } },
    ],
    [
      'a tag that is no string',
      EVENTS,
      '[{"id":"a","timestamp":1,"tags":{"b":1}}]',
      { code: 'invalid_events', problem: { index: 0, path: '$.tags.b' } },
    ],
    [
      'an event that is no object',
      EVENTS,
      '[{"id":"a","timestamp":1},7]',
      { code: 'invalid_events', problem: { index: 1, path: '$' } },
    ],
    [
      'a key twice',
      EVENTS,
      '[{"id":"a","id":"b","timestamp":1}]',
      { code: 'invalid_events', problem: { index: 0, path: '$.id' } },
    ],
    [
      'a lone surrogate',
      EVENTS,
      '[{"id":"a","timestamp":1,"value":"\\ud800"}]',
      { code: 'invalid_events', problem: { index: 0, path: '$.value' } },
    ],
    ['broken JSON', EVENTS, '[{"id":"a",]', { code: 'malformed_json', position: 11 }],
    ['an empty body', EVENTS, '', { code: 'malformed_json', position: 0 }],
    [
      'too deep a nesting',
      EVENTS,
      `[{"id":"a","timestamp":1,"x":${'['.repeat(64)}`,
      { code: 'malformed_json', position: 91 },
    ],
    ['an empty topic', '/topics//streams/a/events/data', '[]', { code: 'invalid_name' }],
    ['an empty stream id', '/topics/a/streams//events/data', '[]', { code: 'invalid_name' }],
    ['a slash in a topic', '/topics/a%2Fb/streams/a/events/data', '[]', { code: 'invalid_name' }],
    ['a backslash in a stream id', '/topics/a/streams/a%5Cb/events/data', '[]', { code: 'invalid_name' }],
    ['a control character', '/topics/a/streams/a%01/events/data', '[]', { code: 'invalid_name' }],
    ['a name of 256 bytes', `/topics/${'a'.repeat(256)}/streams/a/events/data`, '[]', { code: 'invalid_name' }],
    ['a path that is not UTF-8', '/topics/%ff/streams/a/events/data', '[]', { code: 'invalid_name' }],
  ])('refuses %s with 400 and stores nothing', async (_, path, body, { code, problem, position }) => {
    const hub = await shared.emptied();
    const good = '{"id":"good","timestamp":1}';
    const response = await hub.post(path, problem === undefined ? body : `${body.slice(0, -1)},${good}]`);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const answer = (await response.json()) as {
      code: string;
      status: number;
      detail: string;
      problems?: object[];
      position?: number;
    };
    expect(answer).toMatchObject({ code, status: 400 });
    if (problem !== undefined)
      expect(answer.problems).toMatchObject([{ ...problem, message: expect.stringMatching(/./) as string }]);
    if (position !== undefined) expect(answer.position).toBe(position);
    expect(await hub.read('/topics')).toBe('{"topics":[],"next":null}');
  });

  it('refuses bytes that are not UTF-8', async () => {
    const hub = await shared.emptied();
    const response = await hub.post(EVENTS, Buffer.from('[{"id":"a\xff","timestamp":1}]', 'latin1'));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'malformed_json', position: 9 });
  });

  it.each([
    ['a wrong content type', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
    ['another charset', { 'content-type': 'application/json; charset=latin1' }, 415, 'unsupported_media_type'],
    ['an unknown encoding', { 'content-encoding': 'compress' }, 415, 'unsupported_encoding'],
    ['a body that is not the gzip it says', { 'content-encoding': 'gzip' }, 400, 'malformed_body'],
  ])('refuses %s', async (_, headers, status, code) => {
    const hub = await shared.emptied();
    const response = await hub.post(EVENTS, [EVENT], headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });

  it.each([
    ['as sent', (text: string) => text, {}],
    ['inflated', (text: string) => gzipSync(text), { 'content-encoding': 'gzip' }],
  ])('refuses a body over the limit %s with 413', async (_, encode, headers) => {
    const hub = await TestHub.start({ maxMessageBytes: 2048 });
    const fitting = JSON.stringify([{ ...EVENT, value: 'x'.repeat(1900) }]);
    expect((await hub.post(EVENTS, encode(fitting), headers)).status).toBe(200);
    const response = await hub.post(EVENTS, encode(JSON.stringify([{ ...EVENT, value: 'x'.repeat(3000) }])), headers);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'message_too_large' });
  });

  it('refuses a chunked body as soon as it passes the limit', async () => {
    const hub = await TestHub.start({ maxMessageBytes: 2048 });
    const headers = { authorization: `Bearer ${token('admin')}`, 'content-type': 'application/json' };
    const sending = request(`${hub.url}${EVENTS}`, { method: 'POST', headers });
    sending.write('[' + ' '.repeat(4096));
    const [response] = (await once(sending, 'response')) as [{ statusCode: number; resume(): void }];
    expect(response.statusCode).toBe(413);
    response.resume();
    sending.end();
  });

  it.each([
    ['no token', '', 401, 'unauthenticated'],
    ['a broken token', 'Bearer nonsense', 401, 'unauthenticated'],
    ['a token for another topic', `Bearer ${token('append:bikes')}`, 403, 'forbidden'],
    ['a token that only reads', `Bearer ${token('read:*')}`, 403, 'forbidden'],
    ['an unknown topic and no create scope', `Bearer ${token('append:cars')}`, 404, 'unknown_topic'],
  ])('refuses %s', async (_, authorization, status, code) => {
    const hub = await shared.emptied();
    const response = await hub.post(EVENTS, [EVENT], { authorization });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
    if (status === 401) expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('takes events for a topic that exists with its append scope alone', async () => {
    const hub = await shared.emptied();
    await hub.post(EVENTS, [EVENT]);
    const response = await hub.post(EVENTS, [EVENT], { authorization: `bearer ${token('append:c*')}` });
    expect(response.status).toBe(200);
  });

  it('never logs a token', async () => {
    const hub = await TestHub.start();
    const bearer = token('admin');
    await hub.post(`${EVENTS}?access_token=${bearer}`, [EVENT], { authorization: `Bearer ${bearer}` });
    await hub.connect(bearer);
    await hub.close();
    const log = hub.log();
    expect(log).toContain(EVENTS);
    expect(log).not.toContain(bearer);
  });
});
