import { SharedHub } from '../../support/shared-hub';
import { RowsHub, bearer, errorOf } from './support/rows';

const shared = new SharedHub();
const emptied = async (): Promise<RowsHub> => RowsHub.of(await shared.emptied());

interface Topic {
  readonly name: string;
  readonly retention: { readonly age: string | null; readonly bytes: number | null };
}

const fileOf = (ttl: string, columns = '`time` DateTime,\n    `city` String') =>
  `SCHEMA >\n    ${columns}\n\nENGINE "MergeTree"\nENGINE_SORTING_KEY "time"\n${ttl === '' ? '' : `ENGINE_TTL "${ttl}"\n`}`;
const NINETY_DAYS = 'toDateTime(time) + toIntervalDay(90)';
const ROW = '{"time":"2024-01-02 03:04:05","city":"Köln"}';

const push = (rows: RowsHub, text: string, headers: Record<string, string> = {}) =>
  rows.hub.post('/v0/datasources?name=places', text, { 'content-type': 'text/plain', ...headers });

async function pushed(rows: RowsHub, text: string): Promise<string[]> {
  const response = await push(rows, text);
  if (response.status !== 200) throw new Error(await response.text());
  return ((await response.json()) as { warnings?: string[] }).warnings ?? [];
}

async function ageOf(rows: RowsHub): Promise<string | null | undefined> {
  const { topics } = JSON.parse(await rows.hub.read('/topics')) as { topics: Topic[] };
  return topics.find(({ name }) => name === 'places')?.retention.age;
}

const setAge = (rows: RowsHub, age: string | null, query = '') =>
  rows.hub.fetch(`/topics/places${query}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ retention: { age } }),
  });

describe('ENGINE_TTL of a pushed file', () => {
  it('becomes the retention of the data source, is kept in its file, and is explained', async () => {
    const rows = await emptied();
    expect(await pushed(rows, fileOf(NINETY_DAYS))).toEqual([
      'line 6: ENGINE_SORTING_KEY has no effect here: rows are kept in the order they came in',
      'line 7: ENGINE_TTL is a retention of 90d here: since a row was stored, whatever its columns say',
    ]);
    expect(await ageOf(rows)).toBe('90d');
    expect(await rows.hub.read('/v0/datasources/places.datasource')).toContain(`\nENGINE_TTL "${NINETY_DAYS}"\n`);
    await rows.stored('places', ROW);
    expect(await rows.query('SELECT city FROM places')).toEqual([{ city: 'Köln' }]);
  });

  it('changes with the file, and goes with it', async () => {
    const rows = await emptied();
    await pushed(rows, fileOf(''));
    expect(await ageOf(rows)).toBeNull();
    await rows.stored('places', ROW);
    await pushed(rows, fileOf(NINETY_DAYS));
    expect(await ageOf(rows)).toBe('90d');
    await pushed(rows, fileOf('time + INTERVAL 1 YEAR'));
    expect(await ageOf(rows)).toBe('366d');
    await pushed(
      rows,
      fileOf('time + INTERVAL 1 YEAR', '`time` DateTime,\n    `city` String,\n    `n` Nullable(Int64)'),
    );
    expect(await ageOf(rows)).toBe('366d');
    await pushed(rows, fileOf('', '`time` DateTime,\n    `city` String,\n    `n` Nullable(Int64)'));
    expect(await ageOf(rows)).toBeNull();
    expect(await rows.counts('places')).toEqual([1, 0]);
  });

  it('leaves a retention alone that was set by itself, where the file says nothing', async () => {
    const rows = await emptied();
    await pushed(rows, fileOf(NINETY_DAYS));
    expect((await setAge(rows, '7d')).status).toBe(200);
    await pushed(rows, fileOf(''));
    expect(await ageOf(rows)).toBe('7d');
  });

  it('needs the right to remove rows when it changes that of a data source, not when it makes one', async () => {
    const rows = await emptied();
    expect((await push(rows, fileOf(NINETY_DAYS), bearer('create'))).status).toBe(200);
    expect((await push(rows, fileOf(NINETY_DAYS), bearer('create'))).status).toBe(200);
    const refused = await push(rows, fileOf('time + toIntervalDay(1)'), bearer('create'));
    expect(refused.status).toBe(403);
    expect(await errorOf(refused)).toContain('drop:places');
    expect(await ageOf(rows)).toBe('90d');
    expect((await push(rows, fileOf('time + toIntervalDay(1)'), bearer('create', 'drop:places'))).status).toBe(200);
    expect(await ageOf(rows)).toBe('1d');
  });

  it('sets nothing when the file is refused for something else', async () => {
    const rows = await emptied();
    await pushed(rows, fileOf(''));
    const refused = await push(rows, fileOf(NINETY_DAYS, '`time` DateTime'));
    expect(await errorOf(refused)).toContain('the column city is missing');
    expect(await ageOf(rows)).toBeNull();
  });

  it('does not empty a data source before somebody confirms it', async () => {
    const rows = await emptied();
    await pushed(rows, fileOf(''));
    await rows.stored('places', ROW);
    let response = await push(rows, fileOf('time + toIntervalSecond(1)'));
    // The row may not be a second old yet, or have become it, and be gone, before the retention was taken back.
    while (response.status === 200) {
      expect((await setAge(rows, null)).status).toBe(200);
      await pushed(rows, fileOf(''));
      if ((await rows.counts('places'))[0] === 0) await rows.stored('places', ROW);
      response = await push(rows, fileOf('time + toIntervalSecond(1)'));
    }
    expect(response.status).toBe(409);
    expect(await errorOf(response)).toContain(
      'with "writer-hub retention places --age 1s --yes", then push the file again',
    );
    expect(await rows.counts('places')).toEqual([1, 0]);
  });

  it('holds across a restart', async () => {
    const rows = await RowsHub.start();
    await pushed(rows, fileOf(NINETY_DAYS));
    const { dataDir } = rows.hub.hub;
    await rows.hub.close();
    const again = await RowsHub.start({ dataDir });
    expect(await ageOf(again)).toBe('90d');
    expect(await pushed(again, fileOf(NINETY_DAYS))).toHaveLength(2);
  });
});

describe('a file written for another server', () => {
  it('is taken with all that has no effect, which is said and kept', async () => {
    const rows = await emptied();
    const text = `TOKEN "append" APPEND

DESCRIPTION >
    Landing

TAGS "raw"

SCHEMA >
    \`time\` DateTime64(3) \`json:$.time\`,
    \`city\` String \`json:$.city\`

ENGINE "ReplacingMergeTree"
ENGINE_PARTITION_KEY "toYYYYMM(time)"
ENGINE_SORTING_KEY "city, time"
ENGINE_VER "time"
ENGINE_TTL "toDateTime(time) + toIntervalDay(90)"

INDEXES >
    ix city TYPE set(0) GRANULARITY 1

SHARED_WITH >
    other

KAFKA_CONNECTION_NAME "mine"
KAFKA_TOPIC "places"
IMPORT_SCHEDULE "@on-demand"

FORWARD_QUERY >
    SELECT time, city
`;
    const warnings = await pushed(rows, text);
    expect(warnings.map((warning) => /^line \d+: (\w+ ?\w*)/.exec(warning)?.[1]?.split(' ')[0])).toEqual([
      'TOKEN',
      'TAGS',
      'ENGINE',
      'ENGINE_PARTITION_KEY',
      'ENGINE_SORTING_KEY',
      'ENGINE_VER',
      'INDEXES',
      'SHARED_WITH',
      'KAFKA_CONNECTION_NAME',
      'KAFKA_TOPIC',
      'IMPORT_SCHEDULE',
      'FORWARD_QUERY',
      'ENGINE_TTL',
    ]);
    const file = await rows.hub.read('/v0/datasources/places.datasource');
    for (const line of text.split('\n')) if (line !== '') expect(file).toContain(line.trim());
    expect(await pushed(rows, file)).toHaveLength(warnings.length);
    expect(await rows.stored('places', '{"time":"2024-01-02 03:04:05.678","city":"Köln"}\n'.repeat(2))).toMatchObject({
      successful_rows: 2,
    });
  });
});
