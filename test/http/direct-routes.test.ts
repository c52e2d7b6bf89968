import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { DirectRoutes } from '../../src/http/direct-routes';
import type { DirectRoute, PathMatch } from '../../src/http/route';
import type { RouteContext } from '../../src/http/route-context';

const DESCRIPTION = {
  id: 'test',
  verb: 'POST',
  scope: 'any',
  parameters: [],
  answers: [],
  errors: [],
  meaning: '',
  served: 'direct',
} as const;

/** What a request to one of two routes is matched as; `undefined` when it is for neither. */
function match(method: string, url: string): [path: string, ...parameters: string[]] | undefined {
  let matched: [string, ...string[]] | undefined;
  const routes = ['/rows', '/topics/{topic}/streams/{streamId}/data'].map((path): DirectRoute => ({
    ...DESCRIPTION,
    path,
    handler: () => (_request, _response, found: PathMatch) => {
      matched = [path, ...found.slice(1)];
      return Promise.resolve();
    },
  }));
  const direct = new DirectRoutes([{ name: 'test', meaning: '', findToken: () => '', routes }], {} as RouteContext);
  const request = Object.assign(new IncomingMessage(new Socket()), { method, url });
  const answered = direct.answer(request, new ServerResponse(request));
  expect(answered !== undefined).toBe(matched !== undefined);
  return matched;
}

describe('DirectRoutes', () => {
  it.each([
    ['/rows', ['/rows']],
    ['/rows?name=a/b', ['/rows']],
    ['/topics/cars/streams/car-1/data', ['/topics/{topic}/streams/{streamId}/data', 'cars', 'car-1']],
    ['/topics//streams//data?x=/', ['/topics/{topic}/streams/{streamId}/data', '', '']],
    ['/topics/c%61rs/streams/a%2Fb/data', ['/topics/{topic}/streams/{streamId}/data', 'cars', 'a/b']],
  ])('take POST %s', (url, expected) => {
    expect(match('POST', url)).toEqual(expected);
  });

  it.each([
    ['GET', '/rows'],
    ['POST', '/rowsx'],
    ['POST', '/rows/'],
    ['POST', '/Rows'],
    ['POST', '/topics/cars/streams/data'],
    ['POST', '/topics/cars/streams/a/b/data'],
    ['POST', '/topics/cars/streams/a/data/'],
  ])('leave %s %s to others', (method, url) => {
    expect(match(method, url)).toBeUndefined();
  });

  it('refuse a path that is not percent-encoded UTF-8', () => {
    expect(() => match('POST', '/topics/c%/streams/a/data')).toThrow('the path is not percent-encoded UTF-8');
  });
});
