import { DrawPace } from '../../../src/console/tail/draw-pace';

/** Frames that come when the test says so; a hidden tab has none. */
class MadeFrames {
  #asked = new Map<number, (milliseconds: number) => void>();
  #next = 1;

  request(callback: (milliseconds: number) => void): number {
    this.#asked.set(this.#next, callback);
    return this.#next++;
  }

  cancel(frame: number): void {
    this.#asked.delete(frame);
  }

  get asked(): number {
    return this.#asked.size;
  }

  frame(milliseconds: number): void {
    const callbacks = [...this.#asked.values()];
    this.#asked.clear();
    for (const callback of callbacks) callback(milliseconds);
  }
}

describe('DrawPace', () => {
  it('draws once a frame, however often it is asked', () => {
    const frames = new MadeFrames();
    let drawn = 0;
    const pace = new DrawPace(frames, () => drawn++);
    for (let count = 0; count < 5000; count++) pace.ask();
    expect([drawn, frames.asked]).toEqual([0, 1]);
    frames.frame(0);
    expect([drawn, frames.asked]).toEqual([1, 0]);
  });

  it('draws at most twenty times a second, and the last change in any case', () => {
    const frames = new MadeFrames();
    let drawn = 0;
    const pace = new DrawPace(frames, () => drawn++);
    for (let frame = 0; frame < 60; frame++) {
      pace.ask();
      frames.frame((frame * 1000) / 60);
    }
    expect(drawn).toBe(20);
    frames.frame(1000);
    expect(drawn).toBe(21);
    expect(frames.asked).toBe(0);
  });

  it('draws nothing while there are no frames, and once when there are again', () => {
    const frames = new MadeFrames();
    let drawn = 0;
    const pace = new DrawPace(frames, () => drawn++);
    for (let count = 0; count < 100; count++) pace.ask();
    expect(drawn).toBe(0);
    frames.frame(60_000);
    expect(drawn).toBe(1);
  });

  it('draws no more when it is stopped', () => {
    const frames = new MadeFrames();
    let drawn = 0;
    const pace = new DrawPace(frames, () => drawn++);
    pace.ask();
    pace.stop();
    frames.frame(0);
    expect(drawn).toBe(0);
  });
});
