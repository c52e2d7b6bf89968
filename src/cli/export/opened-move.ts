import { existsSync } from 'node:fs';
import type { Config } from '../../config';
import { WriterHubError } from '../../errors';
import type { Logger } from '../../log';
import type { ReadableStore } from '../../moving/moved-store';
import { openToMove, type ServedStore } from '../../open-store';
import { refuseContradictions } from '../../settings/contradictions';
import { isBefore } from '../../store/sqlite/channel/offsets';
import { databaseFile } from '../../store/sqlite/file/database-file';
import { CommandError } from '../command-error';
import type { ExportFlags, MovedDirectories } from './moved-directories';

/** Both stores of a move, open. */
export interface OpenedMove {
  readonly source: ReadableStore;
  readonly target: ReadableStore;
  readonly close: () => Promise<void>;
}

/**
 * Opens both stores; that on Kafka has caught up then. Rejects with a `CommandError` when a server runs on one of the
 * directories, or there is nothing to copy, and with the reason of the signal.
 */
export async function openMove(
  config: Config,
  { source, target }: MovedDirectories,
  { to, logger, signal }: Pick<ExportFlags, 'to'> & { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<OpenedMove> {
  if (to === 'kafka' && !existsSync(databaseFile(source)))
    throw new CommandError(`there is no database in ${source}: name the data directory`);
  const opened: ServedStore[] = [];
  const close = async (): Promise<void> => {
    for (const store of opened.splice(0)) await store.close();
  };
  try {
    for (const [directory, isTarget] of [
      [source, false],
      [target, true],
    ] as const) {
      const store = isTarget === (to === 'kafka') ? 'kafka' : 'sqlite';
      opened.push(await open(refuseContradictions({ ...config, store }), directory, logger));
    }
    const [from, into] = opened as [ServedStore, ServedStore];
    for (const store of opened) if ('ready' in store) await unlessAborted(store.ready, signal);
    return { source: { store: from, isBefore }, target: { store: into, isBefore }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(config: Config, directory: string, logger: Logger): Promise<ServedStore> {
  try {
    return await openToMove(config, directory, logger);
  } catch (error) {
    if (!(error instanceof WriterHubError)) throw error;
    const hint = error.message.includes('in use') ? ': stop the server first' : '';
    throw new CommandError(`${error.message}${hint}`, { cause: error });
  }
}

async function unlessAborted(done: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([done, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
