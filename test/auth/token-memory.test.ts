import type { Principal } from '../../src/auth/principal';
import { Scopes } from '../../src/auth/scopes';
import { TokenMemory } from '../../src/auth/token-memory';

const principal: Principal = { scopes: new Scopes([]), holder: '' };

describe('TokenMemory', () => {
  it('recalls what it remembered, until its time is over', () => {
    const memory = new TokenMemory(10);
    memory.remember('a', principal, 1000);
    expect(memory.recall('a', 999)).toBe(principal);
    expect(memory.recall('a', 1000)).toBeUndefined();
    expect(memory.size).toBe(0);
    expect(memory.recall('b', 0)).toBeUndefined();
  });

  it('never holds more than its limit', () => {
    const memory = new TokenMemory(10);
    for (let index = 0; index < 1000; index += 1) {
      memory.remember(`token ${index}`, principal, Infinity);
      memory.recall(`token ${index - 7}`, 0);
      expect(memory.size).toBeLessThanOrEqual(10);
    }
  });

  it('says how many it holds', () => {
    const memory = new TokenMemory(4);
    const sizes = ['a', 'b', 'c', 'd', 'e'].map((token) => {
      memory.remember(token, principal, Infinity);
      return memory.size;
    });
    expect(sizes).toEqual([1, 2, 3, 4, 3]);
  });

  it('keeps what is used and drops what is not', () => {
    const memory = new TokenMemory(10);
    memory.remember('used', principal, Infinity);
    memory.remember('unused', principal, Infinity);
    for (let index = 0; index < 100; index += 1) {
      memory.remember(`token ${index}`, principal, Infinity);
      expect(memory.recall('used', 0)).toBe(principal);
    }
    expect(memory.recall('unused', 0)).toBeUndefined();
  });

  it('forgets an entry of the older generation when its time is over', () => {
    const memory = new TokenMemory(4);
    for (const token of ['a', 'b', 'c']) memory.remember(token, principal, 1000);
    expect(memory.recall('a', 1000)).toBeUndefined();
    expect(memory.recall('a', 0)).toBeUndefined();
  });

  it('remembers the same token once', () => {
    const memory = new TokenMemory(4);
    for (let time = 1; time <= 20; time += 1) memory.remember('a', principal, time);
    expect(memory.size).toBe(1);
    expect(memory.recall('a', 19)).toBe(principal);
  });

  it('remembers nothing with a limit of 0', () => {
    const memory = new TokenMemory(0);
    memory.remember('a', principal, Infinity);
    expect(memory.recall('a', 0)).toBeUndefined();
    expect(memory.size).toBe(0);
  });
});
