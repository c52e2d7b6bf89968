import { pathParameters } from '../../../src/http/routes/path-template';
import type { Route } from '../../../src/http/route';
import { ROUTES } from '../../../src/http/routes/route-table';
import { TestHub, token } from '../../support/test-hub';

/** Values for parameters, which fit what `prepare` makes. */
const VALUES: Readonly<Record<string, string>> = {
  topic: 'cars',
  streamId: 'car-1',
  name: 'visits',
  q: 'SELECT 1',
  id: 'unknown',
};

const titleOf = ({ verb, path }: Route): string => `${verb} ${path}`;
const fill = (template: string): string => template.replace(/\{(\w+)\}/g, (_, name: string) => VALUES[name]!);

/** Makes what routes look for. */
async function prepare(hub: TestHub): Promise<void> {
  await hub.post('/topics/cars/streams/car-1/events/data', [{ id: 'a', timestamp: 1 }]);
  await hub.post('/v0/events?name=visits&wait=true', '{"city":"Chicago"}');
}

/** A request for a route with the parameters it requires, and the example of its body. */
function call(hub: TestHub, { verb, path, parameters, body }: Route, bearer: string | undefined): Promise<Response> {
  const query = new URLSearchParams();
  for (const { name, in: place, required } of parameters) {
    if (place === 'query' && required) query.set(name, VALUES[name]!);
  }
  return fetch(`${hub.url}${fill(path)}?${query.toString()}`, {
    method: verb,
    headers: {
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...(body !== undefined && { 'content-type': body.mediaTypes[0] ?? 'text/plain' }),
    },
    ...(body !== undefined && { body: body.example }),
  });
}

/** How a request was refused for its token, in the form of either API; `undefined` when it was not. */
async function refusal(response: Response): Promise<string | undefined> {
  if (response.status === 200) {
    // The answers of some routes do not end.
    await response.body?.cancel();
    return undefined;
  }
  const text = await response.text();
  if (response.status === 401) return 'unauthenticated';
  return response.status === 403 ? /unauthenticated|forbidden/.exec(text)?.[0] : undefined;
}

/** The routes whose requests were refused with this code. */
async function refused(
  hub: TestHub,
  code: string,
  requests: readonly (readonly [route: Route, bearer: string | undefined])[],
): Promise<string[]> {
  const titles: string[] = [];
  for (const [route, bearer] of requests) {
    if ((await refusal(await call(hub, route, bearer))) === code) titles.push(titleOf(route));
  }
  return titles;
}

/** Every scope there is for what the route names, except those that it asks for and those that include them. */
function otherScopes({ scope }: Route): string[] {
  const asked = Array.isArray(scope) ? scope.map(fill) : [];
  const named = ['cars', 'visits'].flatMap((name) => [`append:${name}`, `read:${name}`, `drop:${name}`]);
  const appends = asked.some((one) => one.startsWith('append:'));
  return [...named, ...(appends ? [] : ['create'])].filter((one) => !asked.includes(one));
}

describe('the table of routes', () => {
  it('has each route once', () => {
    const titles = ROUTES.map(titleOf);
    expect(titles).toEqual([...new Set(titles)]);
  });

  it.each(ROUTES.map((route) => [titleOf(route), route] as const))(
    '%s describes each parameter of its path, and names in its scope only parameters it has',
    (_, { path, parameters, scope }) => {
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name }) => name)).toEqual(pathParameters(path));
      const inScope = Array.isArray(scope) ? scope.flatMap(pathParameters) : [];
      expect(parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(inScope));
    },
  );

  it('says which routes take a request without a token', async () => {
    const hub = await TestHub.start();
    await prepare(hub);
    expect(
      await refused(
        hub,
        'unauthenticated',
        ROUTES.map((route) => [route, undefined]),
      ),
    ).toEqual(ROUTES.filter(({ scope }) => scope !== 'none').map(titleOf));
  });

  it('names the scopes without which a token is refused', async () => {
    const hub = await TestHub.start();
    await prepare(hub);
    expect(
      await refused(
        hub,
        'forbidden',
        ROUTES.map((route) => [route, token(...otherScopes(route))]),
      ),
    ).toEqual(ROUTES.filter(({ scope }) => Array.isArray(scope)).map(titleOf));
  });

  it('names scopes each of which is enough', async () => {
    const hub = await TestHub.start();
    const failed: string[] = [];
    for (const route of ROUTES) {
      for (const scope of Array.isArray(route.scope) ? route.scope.map(fill) : ['read:nothing']) {
        await prepare(hub);
        const code = await refusal(await call(hub, route, token(scope)));
        if (code !== undefined) failed.push(`${titleOf(route)} with ${scope}: ${code}`);
      }
    }
    expect(failed).toEqual([]);
  });
});
