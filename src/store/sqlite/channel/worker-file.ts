import { join } from 'node:path';

/** The compiled files the store's threads and processes load. Tests put the build's files in their place. */
export const WRITER_FILE = join(__dirname, '../writer/writer.js');
export const CHECKPOINTER_FILE = join(__dirname, '../writer/checkpointer.js');
export const PACKER_FILE = join(__dirname, '../packer/packer.js');
export const READER_FILE = join(__dirname, '../reader/reader.js');
export const QUERY_HOST_FILE = join(__dirname, '../sql/query-host.js');
export const QUERY_WORKER_FILE = join(__dirname, '../sql/query-worker.js');
export const BACKUP_PROCESS_FILE = join(__dirname, '../backup/backup-process.js');
