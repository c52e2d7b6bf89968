import { EVERY_TOKEN, Revocations, REVOCATION_MARGIN, type RevocationOptions } from '../../src/auth/revocations';
import { WriterHubError } from '../../src/errors';
import { refusal } from './support/refusals';

const START = 1_700_000_000_000;
let now = START;
let persisted: [string, number | undefined][] = [];
beforeEach(() => {
  now = START;
  persisted = [];
});

function persist(tokenId: string, expiresAt?: number): Promise<void> {
  persisted.push([tokenId, expiresAt]);
  return Promise.resolve();
}

function makeRevocations(options: Partial<RevocationOptions> = {}): Revocations {
  return new Revocations({ persist, now: () => now, ...options });
}

describe('Revocations', () => {
  it('holds what was revoked in earlier runs, until it expires', () => {
    const revocations = makeRevocations({ revoked: [{ tokenId: 'a' }, { tokenId: 'b', expiresAt: START + 10 }] });
    expect(['a', 'b', 'c'].map((id) => revocations.isRevoked(id))).toEqual([true, true, false]);
    now = START + 10;
    expect(['a', 'b'].map((id) => revocations.isRevoked(id))).toEqual([true, false]);
    expect(persisted).toEqual([]);
  });

  it('keeps a revocation for ever when no expiry is given', async () => {
    const revocations = makeRevocations();
    await revocations.revoke('a');
    now = Number.MAX_SAFE_INTEGER;
    expect(revocations.isRevoked('a')).toBe(true);
    expect(persisted).toEqual([['a', undefined]]);
  });

  it('keeps a revocation somewhat longer than its token lives, in memory and on disk alike', async () => {
    const revocations = makeRevocations();
    await revocations.revoke('a', START + 1000);
    expect(persisted).toEqual([['a', START + 1000 + REVOCATION_MARGIN]]);
    now = START + 999 + REVOCATION_MARGIN;
    expect(revocations.isRevoked('a')).toBe(true);
    now += 1;
    expect(revocations.isRevoked('a')).toBe(false);
  });

  it('lists the latest of those that are in force, newest first, and counts all', async () => {
    const revocations = makeRevocations({ revoked: [{ tokenId: 'old' }, { tokenId: 'gone', expiresAt: START }] });
    for (const id of ['a', 'b', 'c', 'd']) await revocations.revoke(id);
    await revocations.revoke('e', START + 1000);
    const e = { tokenId: 'e', until: START + 1000 + REVOCATION_MARGIN };
    expect(revocations.list(2)).toEqual({ revoked: [e, { tokenId: 'd' }], count: 6 });
    expect(revocations.list(100).revoked.map(({ tokenId }) => tokenId)).toEqual(['e', 'd', 'c', 'b', 'a', 'old']);
  });

  it('tells who listens that every token has to come again, and revokes none', () => {
    const revocations = makeRevocations();
    const heard: unknown[] = [];
    revocations.onRevoked((tokenId) => heard.push(tokenId));
    revocations.endAll();
    expect(heard).toEqual([EVERY_TOKEN]);
    expect([revocations.isRevoked('a'), revocations.list(10)]).toEqual([false, { revoked: [], count: 0 }]);
  });

  it('learns what another server has revoked, tells who listens, and persists nothing', () => {
    const revocations = makeRevocations();
    const told: unknown[] = [];
    revocations.onRevoked((tokenId) => told.push(tokenId));
    revocations.learn('a', START + 10);
    revocations.learn('b');
    revocations.learn('old', START);
    revocations.learn('a', START + 5);
    expect(told).toEqual(['a', 'b']);
    expect(['a', 'b', 'old'].map((id) => revocations.isRevoked(id))).toEqual([true, true, false]);
    now = START + 10;
    expect(['a', 'b'].map((id) => revocations.isRevoked(id))).toEqual([false, true]);
    expect(persisted).toEqual([]);
  });

  it('takes effect after it is persisted', async () => {
    const { promise, release } = gate();
    const revocations = makeRevocations({ persist: () => promise });
    const revoked = revocations.revoke('a');
    await Promise.resolve();
    expect(revocations.isRevoked('a')).toBe(false);
    release();
    await revoked;
    expect(revocations.isRevoked('a')).toBe(true);
  });

  it('does not take effect when it cannot be persisted, and can be tried again', async () => {
    let works = false;
    const full = new WriterHubError('store_unavailable', 'the disk is full');
    const revocations = makeRevocations({ persist: () => (works ? Promise.resolve() : Promise.reject(full)) });
    const heard: unknown[] = [];
    revocations.onRevoked((tokenId) => heard.push(tokenId));
    expect(await refusal(() => revocations.revoke('a'))).toBe('store_unavailable: the disk is full');
    expect([revocations.isRevoked('a'), heard]).toEqual([false, []]);
    works = true;
    await revocations.revoke('a');
    expect([revocations.isRevoked('a'), heard]).toEqual([true, ['a']]);
  });

  it('does nothing when the same is revoked already, for as long', async () => {
    const revocations = makeRevocations();
    await revocations.revoke('a', START + 1000);
    await revocations.revoke('a', START + 1000);
    await revocations.revoke('a', START + 10);
    expect(persisted).toHaveLength(1);
  });

  it('prolongs a revocation, and never shortens one', async () => {
    const revocations = makeRevocations();
    const calls = [revocations.revoke('a', START + 10), revocations.revoke('a'), revocations.revoke('a', START + 20)];
    await Promise.all(calls);
    expect(persisted).toEqual([
      ['a', START + 10 + REVOCATION_MARGIN],
      ['a', undefined],
    ]);
  });

  it('does nothing for a token that expired long ago', async () => {
    const revocations = makeRevocations();
    await revocations.revoke('a', START - REVOCATION_MARGIN);
    expect([revocations.size, persisted]).toEqual([0, []]);
  });

  it.each([
    ['an empty id', ''],
    ['an id longer than any token', 'x'.repeat(32_769)],
  ])('refuses %s', async (_name, tokenId) => {
    expect(await refusal(() => makeRevocations().revoke(tokenId))).toMatch(/^invalid_query: a token id has 1 to 32768/);
  });

  it('takes an id as long as a token', async () => {
    const revocations = makeRevocations();
    await revocations.revoke('x'.repeat(32_768));
    expect(revocations.isRevoked('x'.repeat(32_768))).toBe(true);
  });

  it('looks for what has expired when it holds 1,024, and then whenever what is left has doubled', async () => {
    const revocations = makeRevocations({ persist: () => Promise.resolve() });
    let lastNumber = 0;
    const revoke = async (count: number, expiresAt?: number): Promise<number> => {
      for (let time = 0; time < count; time += 1) await revocations.revoke(String(++lastNumber), expiresAt);
      return revocations.size;
    };
    expect(await revoke(23, now)).toBe(23);
    now += REVOCATION_MARGIN;
    expect(await revoke(1000)).toBe(1023);
    expect(await revoke(1)).toBe(1001);
    expect(await revoke(500, now)).toBe(1501);
    now += REVOCATION_MARGIN;
    expect(await revoke(500)).toBe(2001);
    expect(await revoke(1)).toBe(1502);
  });

  it.each(['__proto__', 'constructor'])('takes the id %s as any other', async (tokenId) => {
    const revocations = makeRevocations();
    expect(revocations.isRevoked(tokenId)).toBe(false);
    await revocations.revoke(tokenId);
    expect(revocations.isRevoked(tokenId)).toBe(true);
  });

  it('drops what has expired', async () => {
    const revocations = makeRevocations({ persist: () => Promise.resolve() });
    await revocations.revoke('for ever');
    for (let index = 0; index < 10_000; index += 1) {
      now += 1000;
      await revocations.revoke(`token ${index}`, now + 1000);
    }
    expect(revocations.size).toBeLessThanOrEqual(1024);
    expect(revocations.isRevoked('for ever')).toBe(true);
    expect(revocations.isRevoked('token 9999')).toBe(true);
  });
});

describe('Revocations › onRevoked', () => {
  it('tells every listener, after the revocation is in force', async () => {
    const revocations = makeRevocations();
    const heard: unknown[] = [];
    revocations.onRevoked((tokenId) => heard.push([1, tokenId, revocations.isRevoked(String(tokenId))]));
    revocations.onRevoked((tokenId) => heard.push([2, tokenId, revocations.isRevoked(String(tokenId))]));
    await revocations.revoke('a');
    expect(heard).toEqual([
      [1, 'a', true],
      [2, 'a', true],
    ]);
  });

  it('stops telling a listener that went', async () => {
    const revocations = makeRevocations();
    const heard: unknown[] = [];
    const end = revocations.onRevoked((tokenId) => heard.push(tokenId));
    await revocations.revoke('a');
    end();
    end();
    await revocations.revoke('b');
    expect(heard).toEqual(['a']);
  });

  it('tells the others when one fails, and then says so', async () => {
    const revocations = makeRevocations();
    const heard: unknown[] = [];
    revocations.onRevoked(() => {
      throw new Error('broken');
    });
    revocations.onRevoked((tokenId) => heard.push(tokenId));
    await expect(revocations.revoke('a')).rejects.toThrow(
      'a token is revoked, but not every listener could be notified',
    );
    expect([revocations.isRevoked('a'), heard]).toEqual([true, ['a']]);
  });
});

function gate(): { promise: Promise<void>; release: () => void } {
  let release: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { promise, release };
}
