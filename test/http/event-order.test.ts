import { SharedHub } from '../support/shared-hub';
import { TestHub } from '../support/test-hub';

interface Page {
  readonly events: { readonly id: string; readonly offset: string }[];
  readonly next: string | null;
}

const STREAM = '/topics/cars/streams/a/events/data';
const TOPIC = '/topics/cars/events/data';
const T0 = 1714979289000000000n;

const shared = new SharedHub();
let filled: Promise<TestHub> | undefined;

/** A hub with the events 0 to 19, even ones in stream a and odd ones in b, for all tests that only read. */
function hubOfTwenty(): Promise<TestHub> {
  filled ??= shared.hub().then(fill);
  return filled;
}

async function fill(hub: TestHub): Promise<TestHub> {
  for (let id = 0; id < 20; id++) {
    const event = { id: String(id), timestamp: String(T0 + BigInt(id)) };
    const response = await hub.post(`/topics/cars/streams/${id % 2 === 0 ? 'a' : 'b'}/events/data`, event);
    expect(response.status).toBe(200);
  }
  return hub;
}

async function page(hub: TestHub, path: string): Promise<{ ids: string; next: string | null; position: string }> {
  const response = await hub.fetch(path);
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  const { events, next } = JSON.parse(text) as Page;
  return {
    ids: events.map(({ id }) => id).join(' '),
    next,
    position: response.headers.get('writer-hub-position') ?? '',
  };
}

describe('order=desc', () => {
  it.each([
    ['of a topic', TOPIC, ['19 18 17 16 15 14 13', '12 11 10 9 8 7 6', '5 4 3 2 1 0']],
    ['of a stream', STREAM, ['18 16 14 12 10 8 6', '4 2 0']],
    ['of a range of time', `${TOPIC}?from=${T0 + 3n}&to=${T0 + 13n}`, ['12 11 10 9 8 7 6', '5 4 3']],
    ['of a range of time in a stream', `${STREAM}?from=${T0 + 3n}&to=${T0 + 13n}`, ['12 10 8 6 4']],
  ])('pages backwards through the events %s', async (_, path, expected) => {
    const hub = await hubOfTwenty();
    const pages: string[] = [];
    let after = '';
    for (let more: string | null = ''; more !== null; after = `&after=${more ?? ''}`) {
      const read = await page(hub, `${path}${path.includes('?') ? '&' : '?'}order=desc&limit=7${after}`);
      pages.push(read.ids);
      more = read.next;
    }
    expect(pages).toEqual(expected);
  });

  it('goes on in front of an event by its offset', async () => {
    const hub = await hubOfTwenty();
    const [event] = (JSON.parse(await hub.read(`${TOPIC}?limit=1&from=${T0 + 5n}`)) as Page).events;
    expect((await page(hub, `${TOPIC}?order=desc&limit=3&after=${event!.offset}`)).ids).toBe('4 3 2');
  });

  it('ends at the first event that retention has left', async () => {
    const hub = await hubOfTwenty();
    expect((await page(hub, `${TOPIC}?order=desc&after=1`)).ids).toBe('');
    expect((await page(hub, `${TOPIC}?order=desc&after=1`)).next).toBeNull();
  });

  it('gives lines as well', async () => {
    const hub = await hubOfTwenty();
    const headers = { accept: 'application/x-ndjson' };
    const response = await hub.fetch(`${STREAM}?order=desc&limit=2`, { headers });
    expect(response.headers.get('writer-hub-next')).toBe(response.headers.get('writer-hub-position'));
    const ids = (await response.text())
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id);
    expect(ids).toEqual(['18', '16']);
  });
});

describe('tail', () => {
  it.each([
    [`${TOPIC}?tail=10`, '10 11 12 13 14 15 16 17 18 19'],
    [`${STREAM}?tail=3`, '14 16 18'],
    [`${STREAM}?tail=10000`, '0 2 4 6 8 10 12 14 16 18'],
    [`${TOPIC}?tail=2&to=${T0 + 10n}`, '8 9'],
    [`${TOPIC}?tail=2&from=${T0 + 100n}`, ''],
  ])('gives the last events, oldest first: %s', async (path, expected) => {
    const hub = await hubOfTwenty();
    expect(await page(hub, path)).toMatchObject({ ids: expected, next: null });
  });

  it('says after which position comes what is stored later', async () => {
    const hub = await fill(await TestHub.start());
    const { position } = await page(hub, `${STREAM}?tail=1`);
    await hub.post(STREAM, { id: 'later', timestamp: String(T0) });
    expect((await page(hub, `${STREAM}?after=${position}`)).ids).toBe('later');
    expect((await page(hub, `${TOPIC}?after=${position}`)).ids).toBe('later');
  });

  it('says so when a page cannot hold as many, and where to go on', async () => {
    const hub = await TestHub.start();
    for (const id of ['0', '1', '2', '3']) {
      await hub.post(STREAM, { id, timestamp: String(T0), value: 'x'.repeat(600_000) });
    }
    const response = await hub.fetch(`${STREAM}?tail=4`);
    const { events } = (await response.json()) as Page;
    expect(events.map(({ id }) => id)).toEqual(['2', '3']);
    const warning = response.headers.get('writer-hub-warning') ?? '';
    expect(warning).toContain('these are the last 2 of 4');
    const [, query] = /(order=desc&after=\S+)/.exec(warning) ?? [];
    expect((await page(hub, `${STREAM}?${query}`)).ids).toBe('1 0');
  });

  it.each([
    ['order=up', 'order=up is not asc or desc'],
    ['order=DESC', 'order=DESC is not asc or desc'],
    ['order=asc&order=desc', 'order is given 2 times'],
    ['tail=0', 'tail=0 is not a whole number from 1 to 10000'],
    ['tail=10001', 'tail=10001 is not a whole number'],
    ['tail=-1', 'tail=-1 is not a whole number'],
    ['tail=', 'tail= is not a whole number'],
    ['tail=3&limit=2', 'takes no limit'],
    ['tail=3&after=2', 'takes no after'],
    ['tail=3&order=desc', 'takes no order'],
  ])('and order are refused when they are %s', async (query, reason) => {
    const hub = await hubOfTwenty();
    const response = await hub.fetch(`${TOPIC}?${query}`);
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(reason)]);
  });
});
