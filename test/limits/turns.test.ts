import { setImmediate as turn } from 'node:timers/promises';
import { Turns } from '../../src/limits/turns';

/** Turns whose clock goes forward only when work is done. */
function makeTurns() {
  let now = 1000;
  const done: string[] = [];
  const turns = new Turns(() => now);
  const work = (name: string, milliseconds: number) => (): void => {
    now += milliseconds;
    done.push(name);
  };
  /** Does the work at once or in a later turn, as callers do. */
  const ask = (holder: string, name: string, milliseconds: number, sender: object = {}): void => {
    const task = work(name, milliseconds);
    if (turns.mayBegin()) task();
    else turns.queue(holder, sender, task);
  };
  return { turns, done, ask };
}

describe('turns of the main thread', () => {
  it('lets work begin at once while the turn is not over', () => {
    const { turns, done, ask } = makeTurns();
    ask('a', 'a1', 2);
    ask('a', 'a2', 2);
    ask('a', 'a3', 5);
    expect(done).toEqual(['a1', 'a2', 'a3']);
    expect(turns.waiting).toBe(0);
  });

  it('keeps what begins later for another turn, and does no more in that than fits into it', async () => {
    const { turns, done, ask } = makeTurns();
    for (let i = 1; i <= 6; i++) ask('a', `a${i}`, 3);
    expect(done).toEqual(['a1', 'a2']);
    expect(turns.waiting).toBe(4);
    await turn();
    expect(done).toEqual(['a1', 'a2', 'a3', 'a4']);
    await turn();
    expect(done).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6']);
    expect(turns.waiting).toBe(0);
  });

  it('lets in between two turns whatever else the event loop has to do', async () => {
    const { done, ask } = makeTurns();
    for (let i = 1; i <= 3; i++) ask('a', `a${i}`, 20);
    setImmediate(() => {
      done.push('something else');
    });
    await turn();
    await turn();
    expect(done).toEqual(['a1', 'a2', 'something else', 'a3']);
  });

  it('lets holders take turns, however much one of them asks for', async () => {
    const { done, ask } = makeTurns();
    for (let i = 1; i <= 50; i++) ask('greedy', `greedy${i}`, 20);
    ask('modest', 'modest', 1);
    await turn();
    await turn();
    expect(done).toEqual(['greedy1', 'greedy2', 'modest', 'greedy3']);
  });

  it('lets nobody overtake those who wait', async () => {
    const { done, ask } = makeTurns();
    ask('a', 'a1', 20);
    ask('a', 'a2', 1);
    await turn();
    ask('b', 'b1', 20);
    ask('b', 'b2', 1);
    ask('a', 'a3', 1);
    expect(done).toEqual(['a1', 'a2', 'b1']);
    await turn();
    expect(done).toEqual(['a1', 'a2', 'b1', 'b2', 'a3']);
  });

  it('keeps the order of what comes by one sender, for whomever it is', async () => {
    const { done, ask } = makeTurns();
    const [socket, other] = [{}, {}];
    ask('a', 'first', 20, other);
    ask('', 's1', 20, socket);
    ask('a', 's2', 20, socket);
    ask('a', 'o1', 20, other);
    ask('', 's3', 20, socket);
    for (let i = 0; i < 4; i++) await turn();
    expect(done.filter((name) => name.startsWith('s'))).toEqual(['s1', 's2', 's3']);
    expect(done).toContain('o1');
  });

  it('counts what a task sets off in promises as its work', async () => {
    let now = 0;
    const turns = new Turns(() => now);
    const done: string[] = [];
    const work = async (name: string): Promise<void> => {
      await turns.wait('a', {});
      await Promise.resolve();
      await Promise.resolve();
      now += 3;
      done.push(name);
    };
    const all = ['a1', 'a2', 'a3', 'a4'].map(work);
    await turn();
    expect(done).toEqual(['a1', 'a2']);
    await Promise.all(all);
    expect(done).toEqual(['a1', 'a2', 'a3', 'a4']);
    expect(turns.waiting).toBe(0);
  });

  it('can be ended early by what is done in one', async () => {
    const { turns, done, ask } = makeTurns();
    ask('a', 'a1', 6);
    ask('a', 'a2', 1);
    ask('a', 'a3', 1);
    turns.queue('a', {}, () => {
      turns.end();
    });
    ask('a', 'a4', 1);
    await turn();
    expect(done).toEqual(['a1', 'a2', 'a3']);
    expect(turns.mayBegin()).toBe(false);
    await turn();
    expect(done).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  it('numbers turns, so that it can be told whether something comes in the same one', async () => {
    const { turns } = makeTurns();
    turns.mayBegin();
    const { number } = turns;
    turns.mayBegin();
    expect(turns.number).toBe(number);
    await turn();
    expect(turns.number).not.toBe(number);
  });
});
