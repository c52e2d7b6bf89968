import { Heartbeat } from '../../../src/signalr/connection/heartbeat';
import { FakeClock } from '../support/fake-clock';

describe('Heartbeat', () => {
  it('beats at the interval until it is stopped', () => {
    const clock = new FakeClock();
    const beats: number[] = [];
    const heartbeat = new Heartbeat(clock, 1000, (now) => beats.push(now));
    clock.advance(3500);
    heartbeat.stop();
    clock.advance(5000);
    expect(beats).toEqual([1000, 2000, 3000]);
    expect(clock.timers).toBe(0);
  });

  it('lets no more than two intervals pass while the process stood still', () => {
    const clock = new FakeClock();
    let late = 0;
    const timers: (() => void)[] = [];
    const frozen = {
      now: () => clock.now() + late,
      date: () => 0,
      every(_: number, action: () => void) {
        timers.push(action);
        return () => undefined;
      },
    };
    const heartbeat = new Heartbeat(frozen, 1000, () => undefined);
    late = 3_600_000;
    for (const beat of timers) beat();
    expect(heartbeat.now).toBe(2000);
  });
});
