import { sendData } from '../hub/support/parameter-data';
import { SharedHub, freshName } from '../support/shared-hub';
import type { TestHub } from '../support/test-hub';
import { Live } from './support/live';

const shared = new SharedHub();

/** The packages of an event stream, as `id: data`. */
const blocksOf = (live: Live): string[] =>
  [...live.text.matchAll(/^event: parameters\nid: (.*)\ndata: (.*)\n\n/gm)].map(([, id, data]) => `${id}: ${data}`);

/** The positions of the packages that have come. */
const positionsOf = (live: Live): (string | undefined)[] => blocksOf(live).map((block) => block.split(':')[0]);

describe('GET /topics/{topic}/parameters', () => {
  let hub: TestHub;
  let t: string;

  beforeEach(async () => {
    hub = await shared.hub();
    t = freshName();
    await sendData(hub, t, 'a', '{"timestamps":[1],\r\n"numericValues":{"Speed":[1.10],"Gear":[-0]}}');
    await hub.post(`/topics/${t}/streams/a/events/data`, [{ id: 'event', timestamp: 1 }]);
    await sendData(hub, t, 'b', { timestamps: [2], stringValues: { Name: ['x'] } });
  });

  const next = (): Promise<void> => sendData(hub, t, 'a', { timestamps: [3], numericValues: { Gear: [1] } });

  it('sends packages as named events, what is stored and what comes', async () => {
    const live = await Live.open(hub, `/topics/${t}/parameters?from=earliest`);
    await live.until((text) => text.includes('event: caught-up'));
    await next();
    await live.until(() => positionsOf(live).length === 3);
    expect(positionsOf(live)).toEqual(['1', '3', '4']);
    expect(blocksOf(live)[0]).toBe(
      '1: {"offset":"1","streamId":"a","epoch":0,"timestamps":[1],"numericValues":{"Speed":[1.10],"Gear":[-0]},' +
        '"stringValues":{},"binaryValues":{},"tagValues":{}}',
    );
    await live.close();
  });

  it.each([
    ['parameters?from=earliest&parameter=Gear', ['1', '4']],
    ['parameters?from=earliest&parameter=Gear&parameter=Name', ['1', '3', '4']],
    ['streams/a/parameters?from=earliest', ['1', '4']],
    ['streams/a/parameters?tail=1', ['1', '4']],
    ['parameters?since=1h', ['1', '3', '4']],
    ['parameters?from=1', ['3', '4']],
    ['parameters', ['4']],
  ])('gives what is asked for: %s', async (path, positions) => {
    const live = await Live.open(hub, `/topics/${t}/${path}`);
    await live.until((text) => text.includes('event: caught-up'));
    await next();
    await live.until(() => positionsOf(live).length === positions.length);
    expect(positionsOf(live)).toEqual(positions);
    await live.close();
  });

  it('sends only the values of the parameters that are asked for', async () => {
    const live = await Live.open(hub, `/topics/${t}/parameters?from=earliest&parameter=Speed`);
    await live.until(() => positionsOf(live).length === 1);
    expect(live.text).toContain('"numericValues":{"Speed":[1.10]}');
    expect(live.text).not.toContain('Gear');
    await live.close();
  });

  it('goes on from the Last-Event-ID', async () => {
    const live = await Live.open(hub, `/topics/${t}/parameters?from=earliest`, { 'last-event-id': '2' });
    await live.until(() => positionsOf(live).length === 1);
    expect(positionsOf(live)).toEqual(['3']);
    await live.close();
  });

  it('gives a package a line to who asks for lines', async () => {
    const live = await Live.open(hub, `/topics/${t}/parameters?from=earliest`, { accept: 'application/x-ndjson' });
    await live.until((text) => text.split('\n').length > 2);
    const lines = live.text.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { offset: string }).offset)).toEqual(['1', '3']);
    expect(lines[0]).toContain('"Speed":[1.10]');
    await live.close();
  });

  it.each([
    ['id=x', 400, 'id'],
    ['limit=1', 400, 'limit'],
    ['from=earliest&tail=1', 400, 'from and tail both say where to begin'],
  ])('refuses %s', async (query, status, text) => {
    const response = await hub.fetch(`/topics/${t}/parameters?${query}`);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(text);
  });

  it('shares its path with PUT, which takes no token from the query', async () => {
    const path = `/topics/${t}/streams/a/parameters`;
    const put = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '[{"id":"Speed"}]' };
    expect((await hub.fetch(path, put)).status).toBeLessThan(300);
    const unauthorized = await fetch(`${hub.url}${path}?access_token=x`, put);
    expect(unauthorized.status).toBe(401);
  });
});
