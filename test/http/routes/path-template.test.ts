import { literalPrefix, pathParameters, pathPattern } from '../../../src/http/routes/path-template';

describe('a path template', () => {
  it('names its parameters in order, and what stands before the first', () => {
    expect(pathParameters('/topics/{topic}/streams/{streamId}')).toEqual(['topic', 'streamId']);
    expect(pathParameters('/topics')).toEqual([]);
    expect(literalPrefix('/topics/{topic}/streams')).toBe('/topics/');
    expect(literalPrefix('/topics')).toBe('/topics');
  });

  it.each([
    ['/topics/{topic}/streams', '/topics/cars/streams', { topic: 'cars' }],
    ['/topics/{topic}/streams', '/topics//streams', { topic: '' }],
    ['/{name}.datasource', '/a.b.datasource', { name: 'a.b' }],
  ])('%s matches %s', (template, path, parameters) => {
    expect({ ...pathPattern(template).exec(path)?.groups }).toEqual(parameters);
  });

  it.each([
    ['/topics/{topic}', '/topics/a/b'],
    ['/topics/{topic}', '/x/topics/a'],
    ['/topics', '/topics/'],
    ['/topics', '/Topics'],
    ['/{name}.datasource', '/axdatasource'],
  ])('%s does not match %s', (template, path) => {
    expect(pathPattern(template).test(path)).toBe(false);
  });

  it.each(['/healthz', '/healthz/', '/HealthZ'])('/healthz matches %s when it is lenient', (path) => {
    expect(pathPattern('/healthz', true).test(path)).toBe(true);
  });
});
