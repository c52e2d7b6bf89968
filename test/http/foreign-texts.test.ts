import { gzipSync } from 'node:zlib';
import { SharedHub, freshName } from '../support/shared-hub';
import { RowsHub, errorOf } from './v0/support/rows';
import { stored as zstd } from './support/zstd';

const shared = new SharedHub();

const EVENTS = '/topics/cars/streams/car-1/events/data';
const ROW = '{"city":"Köln","n":9007199254740993}';
const EVENT = '{"id":"Köln","timestamp":1618133869000000001}';
const LATER = '{"id":"Bonn","timestamp":1618133869000000002}';
const utf16 = (text: string) => Buffer.from(text, 'utf16le');

describe('rows in other texts', () => {
  it.each([
    ['a byte order mark', '', `\uFEFF${ROW}\n${ROW}`],
    ['a byte order mark before an array', '&format=json', `\uFEFF[${ROW},${ROW}]`],
    ['records of RFC 8142', '', `\x1e${ROW}\n\x1e${ROW}\n`],
    ['records without line breaks', '', `\x1e${ROW}\x1e${ROW}`],
    ['records over lines', '&format=json', `\x1e{\n"city":"Köln",\n"n":9007199254740993}\n\x1e${ROW}`],
    ['records behind a byte order mark', '', `\uFEFF\x1e${ROW}\r\n\x1e${ROW}\r\n`],
  ])('are taken with %s', async (_, query, body) => {
    const rows = RowsHub.of(await shared.emptied());
    const response = await rows.events(`name=places&wait=true${query}`, body);
    expect(await response.json()).toEqual({ successful_rows: 2, quarantined_rows: 0 });
    const answer = await rows.hub.read('/v0/sql?q=SELECT%20city,%20n%20FROM%20places');
    expect(answer.match(/\{"city":"Köln","n":"?9007199254740993"?/g)).toHaveLength(2);
  });

  it('lose no record behind one that is not JSON', async () => {
    const rows = RowsHub.of(await shared.emptied());
    const answer = await rows.stored('places', `\x1e${ROW}\x1e{"city":\x1e${ROW}`);
    expect(answer).toMatchObject({ successful_rows: 2, quarantined_rows: 1, errors: [{ row: 2, path: '$' }] });
  });

  it.each<[string, string, string | Buffer, string]>([
    ['two objects on a line', '', '{"a":1}{"a":2}', 'put each object on a line of its own, or send format=json'],
    ['objects with commas', '', '{"a":1},\n{"a":2},\n', 'put [ before and ] behind them'],
    ['objects with commas', '&format=json', '{"a":1},{"a":2}', 'put [ before and ] behind them'],
    ['gzip', '', gzipSync(ROW), 'send the header Content-Encoding: gzip'],
    ['zstd', '', zstd(Buffer.from(ROW)), 'send the header Content-Encoding: zstd'],
    ['UTF-16', '', utf16(`\uFEFF${ROW}\n${ROW}\n`), 'it is UTF-16'],
    ['UTF-16 BE', '', utf16(`${ROW}\n${ROW}\n`).swap16(), 'it is UTF-16'],
    ['Python', '', "{'city': 'Köln'}", 'json.dumps of Python'],
    ['a form', '', 'city=Bonn&n=1', 'it is a form'],
    ['CSV', '', 'city,n\nKöln,1\n', 'it looks like CSV'],
    ['comments', '', `// places\n{"city":`, 'JSON has no comments'],
  ])('are refused with what to do: %s%s', async (_, query, body, remedy) => {
    const rows = RowsHub.of(await shared.emptied());
    const refused = await rows.events(`name=places&wait=true${query}`, body);
    expect(refused.status).toBe(400);
    expect(await errorOf(refused)).toContain(remedy);
    expect(await rows.names()).toEqual([]);
  });

  it.each([
    ['an array', `[${ROW},${ROW}]`, 'with format=json the elements of an array are rows'],
    ['JSON in a string', JSON.stringify(ROW), 'it is JSON that has been encoded twice'],
    ['two objects', `${ROW}${ROW}`, 'put each object on a line of its own'],
    ['an object with a comma', `${ROW},`, 'put [ before and ] behind them'],
  ])('are quarantined with what to do beside rows that fit: %s', async (_, line, remedy) => {
    const rows = RowsHub.of(await shared.emptied());
    const { errors, ...counts } = await rows.stored('places', `${ROW}\n${line}\n`);
    expect(counts).toEqual({ successful_rows: 1, quarantined_rows: 1 });
    expect(errors?.[0]?.error).toContain(remedy);
    const [row] = await rows.query('SELECT c__error FROM places_quarantine');
    expect(String(row?.['c__error'])).toContain(remedy);
  });

  it('are said to be so for the first hundred of a body, since that takes time', async () => {
    const rows = RowsHub.of(await shared.emptied());
    await rows.stored('places', `${ROW}\n${'{"a":1,}\n'.repeat(150)}`);
    const [row] = await rows.query(
      "SELECT count(*) AS n FROM places_quarantine WHERE CAST(c__error AS TEXT) GLOB '*too many*'",
    );
    expect(Number(row?.['n'])).toBe(100);
  });
});

describe('events in other texts', () => {
  it.each([
    ['a byte order mark', `\uFEFF[${EVENT}]`],
    ['a byte order mark before a bare event', `\uFEFF${EVENT}`],
    ['a record separator', `\x1e${EVENT}\n`],
    ['both, and white space', `\uFEFF\x1e\n [ ${EVENT} ]\r\n`],
  ])('are taken with %s, and stored without it', async (_, body) => {
    const hub = await shared.hub();
    const path = `/topics/${freshName()}/streams/car-1/events/data`;
    expect((await hub.post(path, body)).status).toBe(200);
    expect(await hub.read(path)).toBe(
      '{"events":[{"offset":"1","timestamp":1618133869000000001,"id":"Köln","value":null,"tags":{}}],"next":null}',
    );
  });

  it.each([
    ['an event each', `\x1e${EVENT}\n\x1e${LATER}\n`],
    ['an array each', `\x1e[${EVENT}]\n\x1e[ ${LATER} ]\n`],
    ['both, and empty ones', `\x1e\n\x1e[]\n\x1e${EVENT}\x1e\x1e[${LATER}]\x1e[]\x1e`],
    ['line breaks alone behind them', `${EVENT}\n\x1e\n${LATER}\r\n`],
  ])('are taken as records of RFC 8142: %s', async (_, body) => {
    const hub = await shared.hub();
    const path = `/topics/${freshName()}/streams/car-1/events/data`;
    expect((await hub.post(path, body)).status).toBe(200);
    const { events } = JSON.parse(await hub.read(path)) as { events: { id: string }[] };
    expect(events.map(({ id }) => id)).toEqual(['Köln', 'Bonn']);
  });

  it.each([
    ['an object without one', `\x1e${EVENT}\n${LATER}`, 'expected the end of the text, found "{"'],
    ['a record that is cut off', `\x1e${EVENT}\x1e{"id":`, 'the text ends before its value does'],
    ['a comma', `\x1e${EVENT},\x1e${LATER}`, 'put [ before and ] behind them'],
    ['an event that breaks a rule', `\x1e${EVENT}\x1e[${LATER},{"id":1}]`, 'event 2, $.id: id is a number'],
    ['a record that is no event', `\x1e${EVENT}\x1e5`, 'event 1, $: the text is a number'],
    ['one inside an event', '\x1e{"id":\x1e"a"}', 'found a record separator (byte 0x1e)'],
  ])('are refused whole as records with %s', async (_, body, reason) => {
    const hub = await shared.hub();
    const path = `/topics/${freshName()}/streams/car-1/events/data`;
    const refused = await hub.post(path, body);
    expect(refused.status).toBe(400);
    expect(JSON.stringify(await refused.json()).replaceAll('\\"', '"')).toContain(reason);
  });

  it.each<[string, string | Buffer, string]>([
    ['two objects', `${EVENT}${EVENT}`, 'put the objects into an array'],
    ['an object a line', `${EVENT}\n${EVENT}\n`, 'put the objects into an array'],
    ['objects with commas', `${EVENT},${EVENT}`, 'put [ before and ] behind them'],
    ['gzip', gzipSync(EVENT), 'send the header Content-Encoding: gzip'],
    ['UTF-16', utf16(EVENT), 'it is UTF-16'],
    ['JSON in a string', JSON.stringify(EVENT), 'it is JSON that has been encoded twice'],
    ['an event in a string', JSON.stringify([EVENT]), 'it is JSON that has been encoded twice'],
  ])('are refused with what to do: %s', async (_, body, remedy) => {
    const hub = await shared.emptied();
    const refused = await hub.post(EVENTS, body);
    expect(refused.status).toBe(400);
    expect(((await refused.json()) as { detail: string }).detail).toContain(remedy);
  });

  it('are refused at the hub with what to do', async () => {
    const connection = await (await shared.emptied()).connect();
    await expect(connection.invoke('SendEventData', 'cars', 'car-1', `[${EVENT}]`)).rejects.toThrow('encoded twice');
  });
});

describe('records of RFC 8142 where one value is taken', () => {
  const PACKAGE = '{"timestamps":[1618133869000000001],"numericValues":{"n":[1]}}';

  it.each([
    ['/topics/cars/streams/car-1/parameters/data', PACKAGE, 'one package is taken: send each by itself'],
    ['/topics/cars/streams', '{"name":"Köln"}', 'one value is taken'],
  ])('are named in the refusal of %s, with the way out', async (path, text, remedy) => {
    const hub = await shared.emptied();
    const refused = await hub.post(path, `\x1e${text}\n\x1e${text}\n`);
    expect(refused.status).toBe(400);
    const { detail } = (await refused.json()) as { detail: string };
    expect(detail).toContain('found a record separator (byte 0x1e)');
    expect(detail).toContain(remedy);
  });
});

describe('a byte order mark', () => {
  const MARK = '\uFEFF';

  it('is taken before a schema, its columns, a query and a stream', async () => {
    const rows = RowsHub.of(await shared.emptied());
    const { hub } = rows;
    const text = { 'content-type': 'text/plain' };
    expect((await hub.post('/v0/datasources?name=a', `${MARK}SCHEMA >\n    n Int64`, text)).status).toBe(200);
    const columns = await hub.post('/v0/datasources/a/columns', `${MARK}city Nullable(String)`, text);
    expect(columns.status).toBe(200);
    await rows.stored('a', `${MARK}${ROW}`);
    const answer = await hub.post('/v0/sql', `${MARK}SELECT city FROM a FORMAT JSONEachRow`, text);
    expect(await answer.text()).toContain('{"city":"Köln"}');
    expect((await hub.post('/topics/cars/streams', `${MARK}{"name":"Köln"}`)).status).toBe(200);
  });
});
