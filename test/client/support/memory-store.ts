import type { OfflineStore, StoredBatch } from '../../../src/client';

/** An offline store in memory, which holds what it was given as text, as a real one does. */
export class MemoryStore implements OfflineStore {
  readonly name = 'test';
  readonly batches = new Map<string, string>();
  readonly refusals: { readonly batch: StoredBatch; readonly error: Error }[] = [];
  /** Every key that was ever kept. */
  readonly kept: string[] = [];

  /** In the worst order. */
  load(): Promise<StoredBatch[]> {
    const texts = [...this.batches.values()].reverse();
    return Promise.resolve(texts.map((text) => JSON.parse(text) as StoredBatch));
  }

  save(batch: StoredBatch): Promise<void> {
    this.kept.push(batch.key);
    this.batches.set(batch.key, JSON.stringify(batch));
    return Promise.resolve();
  }

  remove(key: string): Promise<void> {
    this.batches.delete(key);
    return Promise.resolve();
  }

  refused(batch: StoredBatch, error: Error): void {
    this.refusals.push({ batch, error });
  }
}
