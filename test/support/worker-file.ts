import { join } from 'node:path';

/** Tests run from source, but a worker thread loads JavaScript: the compiled file of the same name. */
export const WRITER_FILE = join(__dirname, '../../dist/store/sqlite/writer/writer.js');
export const CHECKPOINTER_FILE = join(__dirname, '../../dist/store/sqlite/writer/checkpointer.js');
export const PACKER_FILE = join(__dirname, '../../dist/store/sqlite/packer/packer.js');
export const READER_FILE = join(__dirname, '../../dist/store/sqlite/reader/reader.js');
export const QUERY_HOST_FILE = join(__dirname, '../../dist/store/sqlite/sql/query-host.js');
export const QUERY_WORKER_FILE = join(__dirname, '../../dist/store/sqlite/sql/query-worker.js');
export const BACKUP_PROCESS_FILE = join(__dirname, '../../dist/store/sqlite/backup/backup-process.js');
export const WORK_THREAD_FILE = join(__dirname, '../../dist/threads/work-thread.js');
