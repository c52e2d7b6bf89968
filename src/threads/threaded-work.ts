import type { DataSourceFile } from '../datasources/definition/datasource-file';
import type { InferenceWork, ReplayWork, RowScanWork, RowWork, ScannedBody, SchemaWork } from '../datasources/row-work';
import type { ReplayedPage } from '../datasources/quarantine-page';
import type { Schema } from '../datasources/schema/schema';
import type { EventScanWork, EventWork, ScannedEvents } from '../events/event-work';
import type { Scanned } from '../events/stream-appends';
import type { Compressed } from '../http/inflate';
import type { ScannedPackage } from '../parameters/package-scanner';
import type { PackageScanWork, ParameterWork } from '../parameters/parameter-work';
import type { WorkThreads } from './work-threads';

/** What would hold up the main thread, done in threads: for events, parameter data, rows, and bodies to inflate. */
export class ThreadedWork implements EventWork, ParameterWork, RowWork {
  readonly #threads: WorkThreads;

  constructor(threads: WorkThreads) {
    this.#threads = threads;
  }

  async scanEvents({ text, limits, purpose, holder, owned }: EventScanWork): Promise<ScannedEvents> {
    const { batch, fingerprint } = await this.#threads.run('events', holder, async (parcel) => ({
      text: await parcel.lend(text, owned),
      limits,
      purpose,
    }));
    return { batch, fingerprint: fingerprint && Buffer.from(fingerprint) };
  }

  async scanPackage({ text, limits, purpose, holder, owned }: PackageScanWork): Promise<Scanned<ScannedPackage>> {
    const { batch, fingerprint } = await this.#threads.run('packages', holder, async (parcel) => ({
      text: await parcel.lend(text, owned),
      limits,
      purpose,
    }));
    return { batch, fingerprint: fingerprint && Buffer.from(fingerprint) };
  }

  async scanRows({ body, schema, options, purpose, holder, owned }: RowScanWork): Promise<ScannedBody> {
    const { fingerprint, ...scanned } = await this.#threads.run('rows', holder, async (parcel) => ({
      body: await parcel.lend(body, owned),
      schema,
      options,
      purpose,
    }));
    return { ...scanned, fingerprint: fingerprint && Buffer.from(fingerprint) };
  }

  inferSchema({ body, options, holder, owned }: InferenceWork): Promise<{ schema: Schema; body: Uint8Array }> {
    return this.#threads.run('inference', holder, async (parcel) => ({
      body: await parcel.lend(body, owned),
      options,
    }));
  }

  parseSchema({ text, limits, holder }: SchemaWork): Promise<DataSourceFile> {
    return this.#threads.run('schema', holder, () => ({ text, limits }));
  }

  replayRows({ raws, schema, options, holder }: ReplayWork): Promise<ReplayedPage> {
    return this.#threads.run('replay', holder, async (parcel) => ({
      raws: await Promise.all(raws.map((raw) => parcel.lend(raw, true))),
      schema,
      options,
    }));
  }

  /** Inflates a body, whose memory may be taken over. Rejects as the function `inflate` does. */
  async inflate({ sent, coding, limit }: Compressed, holder: string): Promise<Buffer> {
    const { content } = await this.#threads.run('inflation', holder, async (parcel) => ({
      sent: await parcel.lend(sent, true),
      coding,
      limit,
    }));
    return Buffer.from(content.buffer, content.byteOffset, content.length);
  }
}
