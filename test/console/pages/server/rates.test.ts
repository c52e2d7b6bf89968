import { samplesOf, Scrape } from '../../../../src/console/pages/server/prometheus';
import { quantileOf, rateOf } from '../../../../src/console/pages/server/rates';

const scrape = (text: string, at: number): Scrape => new Scrape(samplesOf(text), at);

/** A histogram with buckets up to 1, 2, 4 and without an end. */
const histogram = (...counts: readonly number[]): string =>
  ['1', '2', '4', '+Inf'].map((le, i) => `h_bucket{le="${le}"} ${counts[i]!}`).join('\n');

describe('rateOf', () => {
  it('is the growth a second', () => {
    expect(rateOf(scrape('x 10', 0), scrape('x 40', 2000), 'x')).toBe(15);
  });

  it('takes a counter that is smaller than before for a new one', () => {
    expect(rateOf(scrape('x 10', 0), scrape('x 4', 2000), 'x')).toBe(2);
  });

  it('says nothing of what there is not', () => {
    expect(rateOf(scrape('', 0), scrape('', 2000), 'x')).toBeUndefined();
  });
});

describe('quantileOf', () => {
  it('lies in a straight line within its bucket, of what came between the two', () => {
    const [before, now] = [scrape(histogram(5, 5, 5, 5), 0), scrape(histogram(5, 15, 15, 15), 1000)];
    expect(quantileOf(before, now, 'h', { quantile: 0.5 })).toBe(1.5);
    expect(quantileOf(before, now, 'h', { quantile: 1 })).toBe(2);
  });

  it('is the last bound if it is beyond, and nothing if nothing was observed', () => {
    const zero = scrape(histogram(0, 0, 0, 0), 0);
    expect(quantileOf(zero, scrape(histogram(0, 0, 0, 3), 1000), 'h', { quantile: 0.99 })).toBe(4);
    expect(quantileOf(zero, zero, 'h', { quantile: 0.5 })).toBeUndefined();
    expect(quantileOf(scrape('', 0), scrape('', 1), 'h', { quantile: 0.5 })).toBeUndefined();
  });

  it('begins anew with the server', () => {
    const [before, now] = [scrape(histogram(9, 9, 9, 9), 0), scrape(histogram(0, 0, 2, 2), 1000)];
    expect(quantileOf(before, now, 'h', { quantile: 0.5 })).toBe(3);
  });
});
