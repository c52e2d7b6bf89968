import { APIS } from '../../src/http/routes/route-table';
import { KnownParameters } from '../../src/http/known-parameters';
import { SharedHub } from '../support/shared-hub';
import type { TestHub } from '../support/test-hub';

const shared = new SharedHub();
const ROUTES = APIS.flatMap(({ name, routes }) => routes.map((route) => [name, route] as const));

describe('a query parameter that a route does not take', () => {
  let hub: TestHub;

  beforeAll(async () => {
    hub = await shared.hub();
  });

  it('is refused by name at every route', async () => {
    for (const [, { verb, path }] of ROUTES) {
      const target = `${path.replaceAll(/\{\w+\}/g, 'x')}?wiat=1`;
      const init = verb === 'GET' || verb === 'DELETE' ? {} : { body: '{}' };
      const headers = { 'content-type': 'application/json' };
      const response = await hub.fetch(target, { method: verb, headers, ...init });
      const answer = (await response.json()) as Record<string, string>;
      const text = path.startsWith('/v0') ? answer['error'] : answer['detail'];
      expect([verb, path, response.status]).toEqual([verb, path, 400]);
      expect(text).toMatch(path.endsWith('/delete') ? /takes no parameters/ : /^unknown query parameter "wiat"/);
    }
  });

  it('is refused to HEAD too', async () => {
    expect((await hub.fetch('/topics?limti=1', { method: 'HEAD' })).status).toBe(400);
  });

  it('is not looked at before the token', async () => {
    const paths = ['/topics?limti=1', '/v0/sql?q=SELECT+1&x=1'];
    const statuses = await Promise.all(paths.map(async (path) => (await fetch(`${hub.url}${path}`)).status));
    expect(statuses).toEqual([401, 403]);
  });

  it('stores nothing', async () => {
    const path = '/topics/cars/streams/a/events/data';
    const event = { id: 'a', timestamp: '1714979289000000000' };
    expect((await hub.post(`${path}?stric=true`, event)).status).toBe(400);
    expect((await hub.fetch(path)).status).toBe(404);
  });

  it.each([
    ['limti=10', '"limti"; did you mean limit?'],
    ['Limit=10', '"Limit"; did you mean limit?'],
    ['form=5', '"form"; did you mean from?'],
    ['odrer=desc', '"odrer"; did you mean order?'],
    ['afer=3', '"afer"; did you mean after?'],
    ['offset=3', '"offset" (known here: after, limit, order, tail, from, to, follow, id, tag)'],
    ['limit=1&limti=2', '"limti"'],
    ['=1', '""'],
    [`${'x'.repeat(100)}=1`, `"${'x'.repeat(40)}"`],
  ])('is named with what was meant: %s', async (query, named) => {
    const response = await hub.fetch(`/topics/cars/events/data?${query}`);
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'invalid_query', detail: expect.stringContaining(named) as string }),
    ]);
  });

  it('is nothing where a route takes none', () => {
    expect(() => {
      new KnownParameters([]).check('/healthz?verbose');
    }).toThrow('unknown query parameter "verbose" (known here: none)');
  });
});
