import { WriterHubError } from '../../../../src/errors';
import { WriteHealth } from '../../../../src/store/sqlite/queue/write-health';

describe('WriteHealth', () => {
  const failure = new WriterHubError('store_unavailable', 'the disk is full');

  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('tells of each turn once', () => {
    const turns: (Error | undefined)[] = [];
    const health = new WriteHealth((reason) => turns.push(reason));
    health.succeeded();
    for (let times = 0; times < 3; times++) health.failed(failure, 0);
    for (let times = 0; times < 3; times++) health.succeeded();
    health.failed(failure, 0);
    expect(turns).toEqual([failure, undefined, failure]);
  });

  it('counts a commit as proof for a second, unless one fails', () => {
    const health = new WriteHealth(() => undefined);
    expect(health.isProven).toBe(false);
    health.succeeded();
    jest.advanceTimersByTime(999);
    expect(health.isProven).toBe(true);
    jest.advanceTimersByTime(1);
    expect(health.isProven).toBe(false);
    health.succeeded();
    health.failed(failure, 0);
    expect(health.isProven).toBe(false);
  });

  it('remembers how many bytes failed last, until a commit succeeds', () => {
    const health = new WriteHealth(() => undefined);
    health.failed(failure, 300);
    health.failed(failure, 200);
    health.failed(failure, 0);
    expect(health.lostBytes).toBe(200);
    health.succeeded();
    expect(health.lostBytes).toBe(0);
  });
});
