import { join } from 'node:path';

/** Tests run from source, but a worker thread loads JavaScript: the compiled file of the same name. */
export const writerFile = join(__dirname, '../../dist/store/sqlite/writer/writer.js');
export const readerFile = join(__dirname, '../../dist/store/sqlite/reader/reader.js');
export const queryHostFile = join(__dirname, '../../dist/store/sqlite/sql/query-host.js');
export const queryWorkerFile = join(__dirname, '../../dist/store/sqlite/sql/query-worker.js');
