import type { EventService } from '../../src/events/event-service';
import type { Access } from '../../src/events/write-gate';
import { IdempotencyRecords, checkIdempotencyKey } from '../../src/events/idempotency';
import { LogFileStore } from '../support/log-file-store';
import { temporaryDirectory } from '../support/temporary-directory';
import { eventService } from './support/event-service';

const everything: Access = { mayAppend: () => true, mayRead: () => true, mayCreate: true };
const text = (timestamp: number) => Buffer.from(JSON.stringify([{ id: 'a', timestamp }]));

describe('an append with an idempotency key', () => {
  const newService = () => eventService(new LogFileStore(temporaryDirectory()));
  const append = (
    service: EventService,
    idempotencyKey: unknown,
    { timestamp = 1, ...rest }: { timestamp?: number; streamId?: string; subject?: string } = {},
  ) => {
    const posted = { topic: 'cars', streamId: 's', text: text(timestamp), idempotencyKey, ...rest };
    return service.append(everything, posted, 'wait');
  };
  const count = async (service: EventService) =>
    (await service.read(everything, { topic: 'cars', limit: 10 })).events.length;

  it('is stored once', async () => {
    const service = newService();
    await Promise.all([append(service, 'k'), append(service, 'k'), append(service, 'k')]);
    await append(service, 'another');
    expect(await count(service)).toBe(2);
  });

  it('is refused for other events', async () => {
    const service = newService();
    await append(service, 'k');
    await expect(append(service, 'k', { timestamp: 2 })).rejects.toMatchObject({ code: 'idempotency_mismatch' });
    expect(await count(service)).toBe(1);
  });

  it.each([
    ['another stream', { streamId: 't' }],
    ['another subject', { subject: 'alice' }],
    ['other events of another subject', { subject: 'alice', timestamp: 2 }],
    ['other events of another stream', { streamId: 't', timestamp: 2 }],
  ])('is stored for %s, whose keys are its own', async (_, other) => {
    const service = newService();
    await append(service, 'k');
    await append(service, 'k', other);
    await append(service, 'k', other);
    expect(await count(service)).toBe(2);
  });

  it('is told from those of others by its subject, which is empty when there is none', async () => {
    const service = newService();
    await append(service, 'k', { subject: 'alice' });
    await expect(append(service, 'k', { subject: 'alice', timestamp: 2 })).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
    await append(service, 'k', { timestamp: 2 });
    await append(service, 'k', { subject: '', timestamp: 2 });
    expect(await count(service)).toBe(2);
  });

  it('stores again without a key', async () => {
    const service = newService();
    await append(service, undefined);
    await append(service, undefined);
    expect(await count(service)).toBe(2);
  });

  it.each([
    ['is not a string', 5],
    ['is empty', ''],
    ['is longer than 255 characters', 'x'.repeat(256)],
    ['holds what is not printable ASCII', 'a\nb'],
  ])('is refused when the key %s', (reason, key) => {
    const service = newService();
    expect(() => append(service, key)).toThrow(`the idempotency key ${reason}`);
  });
});

describe('IdempotencyRecords', () => {
  const records = new IdempotencyRecords({ idempotencyWindow: 1000 }, () => 5000);
  const make = (purpose: string[], body: string) =>
    records.make({ key: 'k', subject: '', purpose, body: Buffer.from(body), answer: '{}' }).fingerprint.toString();

  it('make a record that lasts as long as the window', () => {
    const made = records.make({ key: 'k', subject: 'alice', purpose: ['rows'], body: Buffer.from('x'), answer: '{}' });
    expect(made).toEqual({
      key: 'k',
      subject: 'alice',
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
