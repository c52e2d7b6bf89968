import { randomInt } from 'node:crypto';
import { type PostedText, StreamAppends } from '../events/stream-appends';
import type { Access, WhenFull, WriteGate } from '../events/write-gate';
import type { Store } from '../store/contract/store';
import type { PackageLimits } from './package-cursor';
import { scanPackage, type ScannedPackage } from './package-scanner';
import type { ParameterWork } from './parameter-work';

export interface ParameterServiceOptions extends Omit<PackageLimits, 'strict' | 'shapeSeed'> {
  /** Checks large packages; absent: the main thread does. */
  readonly work?: ParameterWork;
}

/**
 * The one way in for parameter data: every entry point calls it, so that names, scopes, packages and limits are checked
 * in one place. Methods throw or reject with a `WriterHubError`. What they return has been committed and synced.
 */
export class ParameterService {
  readonly #appends: StreamAppends<ScannedPackage>;

  /** `gate`: the one that all services share which write to streams. */
  constructor(store: Pick<Store, 'parameters'>, gate: WriteGate, options: ParameterServiceOptions) {
    const { work, maxDepth, maxParameters, maxTags } = options;
    const limits = { maxDepth, maxParameters, maxTags, shapeSeed: randomInt(2 ** 32) };
    const strict = { ...limits, strict: true };
    this.#appends = new StreamAppends(gate, {
      purpose: 'parameters',
      scan: (text, isStrict) => scanPackage(text, isStrict ? strict : limits),
      scanElsewhere:
        work && (({ strict: isStrict, ...of }) => work.scanPackage({ ...of, limits: isStrict ? strict : limits })),
      store: (append) => store.parameters.appendPackage(append),
    });
  }

  /**
   * Throws what `append` would throw before it looks at the package: so that a caller need not take in a body in vain.
   */
  checkAppend(access: Access, posted: Pick<PostedText, 'topic' | 'streamId' | 'holder'>, whenFull: WhenFull): void {
    this.#appends.check(access, posted, whenFull);
  }

  /** Stores one package, the JSON text of an object, whole or not at all. One without timestamps stores nothing. */
  append(access: Access, posted: PostedText, whenFull: WhenFull): Promise<void> {
    return this.#appends.append(access, posted, whenFull);
  }
}
