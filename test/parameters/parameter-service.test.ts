import { EventService } from '../../src/events/event-service';
import type { Scanned } from '../../src/events/stream-appends';
import { type Access, type EarlyNotice, WriteGate } from '../../src/events/write-gate';
import { scanPackage, type ScannedPackage } from '../../src/parameters/package-scanner';
import { ParameterService } from '../../src/parameters/parameter-service';
import type { PackageScanWork, ParameterWork } from '../../src/parameters/parameter-work';
import type { AppendReceipt } from '../../src/store/contract/event-log';
import type { PackageAppend, ParameterStore } from '../../src/store/contract/parameter-store';
import { Deferred } from '../signalr/support/deferred';
import { LogFileStore } from '../support/log-file-store';
import { temporaryDirectory } from '../support/temporary-directory';

const everything: Access = { mayAppend: () => true, mayRead: () => true, mayCreate: true };
const text = (value: unknown) => Buffer.from(JSON.stringify(value));
const PACKAGE = text({ timestamps: ['1514764800000000000'], numericValues: { Speed: [1] } });

/** Keeps what is appended, and notes it in `done`. */
class PackageMemory implements Pick<ParameterStore, 'appendPackage'> {
  readonly appends: PackageAppend[] = [];
  readonly done: string[] = [];

  appendPackage(append: PackageAppend): Promise<AppendReceipt> {
    this.appends.push(append);
    this.done.push(`package of ${append.batch.count}`);
    return Promise.resolve({ position: String(this.appends.length) });
  }
}

/** Checks a package when it is told to. */
class HeldWork implements ParameterWork {
  readonly begun: PackageScanWork[] = [];
  readonly go = new Deferred();

  async scanPackage(work: PackageScanWork): Promise<Scanned<ScannedPackage>> {
    this.begun.push(work);
    await this.go.promise;
    return { batch: scanPackage(work.text, work.limits), fingerprint: undefined };
  }
}

function serve(onEarly?: (notice: EarlyNotice) => void) {
  const memory = new PackageMemory();
  const work = new HeldWork();
  const state = { full: false, isFullFor: () => state.full };
  const gate = new WriteGate(state, { idempotencyWindow: 60_000, now: () => 1000, ...(onEarly && { onEarly }) });
  const store = { parameters: memory as Partial<ParameterStore> as ParameterStore };
  const limits = { maxDepth: 64, maxParameters: 10, maxTags: 10 };
  const service = new ParameterService(store, gate, { ...limits, work });
  const send = (sent: Uint8Array, options: { idempotencyKey?: string; subject?: string; strict?: boolean } = {}) =>
    service.append(everything, { topic: 'cars', streamId: 'car-1', text: sent, holder: 'ada', ...options }, 'refuse');
  return { memory, work, state, gate, service, send };
}

describe('ParameterService', () => {
  it('stores a package with whose it is and where it goes', async () => {
    const { memory, service } = serve();
    const posted = { topic: 'cars', streamId: 'car-1', text: PACKAGE, holder: 'ada', creator: 'ada' };
    await service.append(everything, posted, 'refuse');
    expect(memory.appends).toEqual([
      {
        ...{ topic: 'cars', streamId: 'car-1', createTopic: true, creator: 'ada', holder: 'ada' },
        batch: expect.objectContaining({ count: 1, samples: 1, minTimestamp: 1514764800000000000n }) as unknown,
      },
    ]);
  });

  it('stores nothing of a package without timestamps', async () => {
    const { memory, send } = serve();
    await send(text({ timestamps: [] }));
    expect(memory.appends).toEqual([]);
  });

  it('refuses what breaks a rule, what the token may not do, and everything once the server stops', () => {
    const { memory, gate, service, send } = serve();
    expect(() => send(text([]))).toThrow(expect.objectContaining({ code: 'invalid_parameters' }) as Error);
    const posted = { topic: 'cars', streamId: 'car-1', text: PACKAGE };
    const nothing: Access = { ...everything, mayAppend: () => false };
    const forbidden = expect.objectContaining({ code: 'forbidden', scope: 'append:cars' }) as Error;
    expect(() => service.append(nothing, posted, 'wait')).toThrow(forbidden);
    expect(() => {
      service.checkAppend(nothing, posted, 'wait');
    }).toThrow(forbidden);
    gate.stop();
    expect(() => send(PACKAGE)).toThrow(expect.objectContaining({ code: 'shutting_down' }) as Error);
    expect(memory.appends).toEqual([]);
  });

  it('refuses a caller that does not wait while the queue is full, before it takes in the body', () => {
    const { state, service, send } = serve();
    state.full = true;
    const busy = expect.objectContaining({ code: 'store_busy' }) as Error;
    const posted = { topic: 'cars', streamId: 'car-1', holder: 'ada' };
    expect(() => send(PACKAGE)).toThrow(busy);
    expect(() => {
      service.checkAppend(everything, posted, 'refuse');
    }).toThrow(busy);
    service.checkAppend(everything, posted, 'wait');
  });

  it('gives a package under a key a record, by text, stream and subject', async () => {
    const { memory, send } = serve();
    await send(PACKAGE, { idempotencyKey: 'k', subject: 'ada' });
    await send(text({ timestamps: [], epoch: 1 }), { idempotencyKey: 'k' });
    expect(memory.appends.map(({ record }) => record)).toEqual([
      {
        ...{ key: 'k', subject: 'ada', answer: '', expiresAt: 61_000 },
        fingerprint: expect.objectContaining({ length: 32 }) as unknown,
      },
    ]);
    expect(() => send(PACKAGE, { idempotencyKey: '' })).toThrow(
      expect.objectContaining({ code: 'invalid_idempotency_key' }) as Error,
    );
  });

  it('tells once of timestamps in January 1970, and refuses them where it is to be strict', async () => {
    const notices: EarlyNotice[] = [];
    const { service, send } = serve((notice) => notices.push(notice));
    const warnings: string[] = [];
    const early = text({ epoch: 1618133869, timestamps: [0, 1] });
    const posted = { topic: 'cars', streamId: 'car-1', text: early, warn: (warning: string) => warnings.push(warning) };
    await service.append(everything, posted, 'wait');
    await service.append(everything, posted, 'wait');
    expect(warnings).toEqual([expect.stringContaining('timestamp 1618133869 (and 1 more of this request) is stored')]);
    expect(notices.map(({ count, warning }) => [count, warning !== undefined])).toEqual([
      [2, true],
      [2, false],
    ]);
    expect(() => send(early, { strict: true })).toThrow('it seems to be in seconds');
  });

  it('has large packages checked elsewhere, with the same seed as small ones', async () => {
    const { memory, work, send } = serve();
    const values = Array.from({ length: 20_000 }, (_, n) => n);
    const times = values.map((n) => `15147648000000${String(n).padStart(5, '0')}`);
    work.go.resolve();
    await send(text({ timestamps: times, numericValues: { Speed: values } }), { idempotencyKey: 'k' });
    await send(PACKAGE);
    expect(work.begun).toEqual([
      expect.objectContaining({ holder: 'ada', owned: false, purpose: ['parameters', 'car-1'] }) as unknown,
    ]);
    expect(memory.appends.map(({ batch }) => batch.count)).toEqual([20_000, 1]);
    expect(new Set(memory.appends.map(({ batch }) => batch.shape)).size).toBe(1);
  });

  it('keeps events behind a large package of the same sender to the same stream', async () => {
    const { memory, work, gate, send } = serve();
    const log = new LogFileStore(temporaryDirectory());
    const events = new EventService(log, gate, {
      ...{ maxDepth: 64, maxTags: 10, maxPropertiesBytes: 1024, maxDefinitionsBytes: 1024 },
    });
    const sendEvent = (streamId: string, holder: string) =>
      events
        .append(everything, { topic: 'cars', streamId, text: text({ id: 'a', timestamp: 1 }), holder }, 'wait')
        .then(() => memory.done.push(`event of ${holder} to ${streamId}`));
    const large = send(text({ timestamps: Array.from({ length: 70_000 }, (_, n) => n) }));
    const behind = sendEvent('car-1', 'ada');
    await sendEvent('car-2', 'ada');
    await sendEvent('car-1', 'bob');
    expect(memory.done).toEqual(['event of ada to car-2', 'event of bob to car-1']);
    work.go.resolve();
    await Promise.all([large, behind]);
    expect(memory.done.slice(2)).toEqual(['package of 70000', 'event of ada to car-1']);
  });
});
