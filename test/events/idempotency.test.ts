import { EventService, type Access } from '../../src/events/event-service';
import { Claims, checkIdempotencyKey } from '../../src/events/idempotency';
import { MemoryStore } from '../../src/store/memory-store';

const everything: Access = { mayAppend: () => true, mayRead: () => true, mayCreate: true };
const text = (timestamp: number) => Buffer.from(JSON.stringify([{ id: 'a', timestamp }]));

describe('an append with an idempotency key', () => {
  const options = { maxDepth: 64, maxTags: 10, maxPropertiesBytes: 1024, idempotencyWindow: 60_000 };
  const append = (service: EventService, idempotencyKey: unknown, timestamp = 1, streamId = 's') =>
    service.append(everything, { topic: 'cars', streamId, text: text(timestamp), idempotencyKey }, 'wait');

  it('is stored once', async () => {
    const service = new EventService(new MemoryStore(), options);
    await Promise.all([append(service, 'k'), append(service, 'k'), append(service, 'k')]);
    await append(service, 'another');
    expect((await service.read(everything, { topic: 'cars', limit: 10 })).events).toHaveLength(2);
  });

  it.each([
    ['other events', 2, 's'],
    ['another stream', 1, 't'],
  ])('is refused for %s', async (_, timestamp, streamId) => {
    const service = new EventService(new MemoryStore(), options);
    await append(service, 'k');
    await expect(append(service, 'k', timestamp, streamId)).rejects.toMatchObject({ code: 'idempotency_mismatch' });
  });

  it('stores again without a key', async () => {
    const service = new EventService(new MemoryStore(), options);
    await append(service, undefined);
    await append(service, undefined);
    expect((await service.read(everything, { topic: 'cars', limit: 10 })).events).toHaveLength(2);
  });

  it.each([
    ['is not a string', 5],
    ['is empty', ''],
    ['is longer than 255 characters', 'x'.repeat(256)],
    ['holds what is not printable ASCII', 'a\nb'],
  ])('is refused when the key %s', (reason, key) => {
    const service = new EventService(new MemoryStore(), options);
    expect(() => append(service, key)).toThrow(`the idempotency key ${reason}`);
  });
});

describe('Claims', () => {
  const claims = new Claims(1000, () => 5000);
  const make = (purpose: string[], body: string) =>
    claims.make({ key: 'k', purpose, body: Buffer.from(body), answer: '{}' }).fingerprint.toString();

  it('make a claim that lasts as long as the window', () => {
    expect(claims.make({ key: 'k', purpose: ['rows'], body: Buffer.from('x'), answer: '{}' })).toMatchObject({
      key: 'k',
      answer: '{}',
      expiresAt: 6000,
      fingerprint: expect.objectContaining({ length: 32 }) as unknown,
    });
  });

  it('tell purposes and bodies apart, wherever one ends', () => {
    const fingerprints = [make(['a'], 'bc'), make(['ab'], 'c'), make(['a', 'b'], 'c'), make(['a'], 'b')];
    expect(new Set(fingerprints).size).toBe(4);
  });
});

describe('checkIdempotencyKey', () => {
  it.each(['a', ' a b ', '"8e03978e-40d5-43e8-bc93-6894a57f9324"', 'x'.repeat(255)])('takes %s', (key) => {
    expect(checkIdempotencyKey(key)).toBe(key);
  });
});
