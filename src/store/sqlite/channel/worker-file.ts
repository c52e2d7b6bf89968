import { join } from 'node:path';

/** The compiled files the store's threads and processes load. Tests put the build's files in their place. */
export const writerFile = join(__dirname, '../writer/writer.js');
export const readerFile = join(__dirname, '../reader/reader.js');
export const queryHostFile = join(__dirname, '../sql/query-host.js');
export const queryWorkerFile = join(__dirname, '../sql/query-worker.js');
