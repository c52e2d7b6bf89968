import { Registry, Counter, Histogram } from 'prom-client';
import { samplesOf, Scrape } from '../../../../src/console/pages/server/prometheus';

const scrape = (text: string, at = 0): Scrape => new Scrape(samplesOf(text), at);

describe('samplesOf', () => {
  it.each([
    ['up 1', 'up', {}, 1],
    ['up{} 1.5e3 1700000000000', 'up', {}, 1500],
    ['x_bucket{le="+Inf",code="a\\"b"} +Inf', 'x_bucket', { le: '+Inf', code: 'a"b' }, Infinity],
    ['x{a="}",b="c\\\\d\\n"} -1', 'x', { a: '}', b: 'c\\d\n' }, -1],
    ['x_bucket{le="0.1"} 3 # {trace_id="abc"} 0.05', 'x_bucket', { le: '0.1' }, 3],
    ['x{a="b\u2028c"} 1', 'x', { a: 'b\u2028c' }, 1],
    ['x NaN', 'x', {}, NaN],
  ])('reads %s', (line, name, labels, value) => {
    expect([...samplesOf(`# HELP x\n${line}\n# EOF\n`)]).toEqual([{ name, labels, value }]);
  });

  it.each(['', '# TYPE x counter', 'x', '<html>', '{a="b"} 1'])('leaves out %j', (line) => {
    expect([...samplesOf(line)]).toEqual([]);
  });

  it('reads what the server writes', async () => {
    const registry = new Registry();
    const counter = new Counter({ name: 'c_total', help: 'c', labelNames: ['code'], registers: [registry] });
    counter.inc({ code: 'a}"\\\n' }, 2);
    new Histogram({ name: 'h', help: 'h', buckets: [1, 2], registers: [registry] }).observe(1.5);
    const read = scrape(await registry.metrics());
    expect(read.by('c_total', 'code')).toEqual(new Map([['a}"\\\n', 2]]));
    expect(read.by('h_bucket', 'le')).toEqual(
      new Map([
        ['1', 0],
        ['2', 1],
        ['+Inf', 1],
      ]),
    );
  });
});

describe('Scrape', () => {
  it('adds up over labels, and says nothing of what there is not', () => {
    const read = scrape('x{a="1",b="1"} 1\nx{a="1",b="2"} 2\nx{a="2",b="1"} 4');
    expect(read.sum('x')).toBe(7);
    expect(read.sum('x', { a: '1' })).toBe(3);
    expect(read.by('x', 'b')).toEqual(
      new Map([
        ['1', 5],
        ['2', 2],
      ]),
    );
    expect(read.sum('y')).toBeUndefined();
  });
});
