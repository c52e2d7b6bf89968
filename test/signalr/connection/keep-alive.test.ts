import { KeepAlive } from '../../../src/signalr/connection/keep-alive';

const TIMING = { keepAliveInterval: 15_000, clientTimeout: 30_000 };

/** Ticks once a second from just after `from` and returns what was due, with its second. */
function tickSeconds(keepAlive: KeepAlive, from: number, to: number, listening = true): [number, string][] {
  const due: [number, string][] = [];
  for (let second = from + 1; second <= to; second++) {
    if (keepAlive.timedOut(second * 1000, listening)) due.push([second, 'timeout']);
    keepAlive.ping(second * 1000, () => {
      due.push([second, 'ping']);
      keepAlive.onSent();
    });
  }
  return due;
}

describe('KeepAlive', () => {
  it('pings a client to which nothing was written for the interval', () => {
    expect(tickSeconds(new KeepAlive(TIMING, 0), 0, 50)).toEqual([
      [15, 'ping'],
      [30, 'ping'],
      [45, 'ping'],
    ]);
  });

  it('pings nobody who was written to meanwhile', () => {
    const keepAlive = new KeepAlive(TIMING, 0);
    for (let second = 0; second < 60; second += 10) {
      keepAlive.onSent();
      expect(tickSeconds(keepAlive, second, second + 10)).toEqual([]);
    }
  });

  it('never leaves a client without a message for the 30 s that it waits', () => {
    const keepAlive = new KeepAlive(TIMING, 0);
    // The write that is noticed as late as possible.
    keepAlive.ping(1000, () => undefined);
    keepAlive.onSent();
    const [first] = tickSeconds(keepAlive, 1, 60);
    // It was written after the first second.
    expect(first).toEqual([17, 'ping']);
  });

  it('never times out a client that has not pinged', () => {
    const keepAlive = new KeepAlive(TIMING, 0);
    keepAlive.onReceived();
    expect(tickSeconds(keepAlive, 0, 1000)).not.toContainEqual([expect.anything(), 'timeout']);
  });

  it('times out a client that has pinged and then is silent', () => {
    const keepAlive = new KeepAlive(TIMING, 0);
    keepAlive.onReceived();
    keepAlive.onPing();
    expect(tickSeconds(keepAlive, 0, 31)).toContainEqual([31, 'timeout']);
    expect(tickSeconds(new KeepAlive(TIMING, 0), 0, 30)).not.toContainEqual([30, 'timeout']);
  });

  it('takes any bytes for a sign of life', () => {
    const keepAlive = new KeepAlive(TIMING, 0);
    keepAlive.onPing();
    for (let second = 0; second < 200; second += 20) {
      keepAlive.onReceived();
      expect(tickSeconds(keepAlive, second, second + 20)).not.toContainEqual([expect.anything(), 'timeout']);
    }
  });

  it('does not count silence while the server itself does not listen', () => {
    const keepAlive = new KeepAlive(TIMING, 0);
    keepAlive.onPing();
    expect(tickSeconds(keepAlive, 0, 100, false)).not.toContainEqual([expect.anything(), 'timeout']);
    expect(tickSeconds(keepAlive, 100, 131)).toContainEqual([130, 'timeout']);
  });
});
