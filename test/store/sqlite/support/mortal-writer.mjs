// The writer thread, except that it dies of a commit that holds a stream named "poison".
import process from 'node:process';
import { parentPort } from 'node:worker_threads';

parentPort.on('message', ({ request }) => {
  if (request.kind === 'commit' && request.groups.events.streamIds.includes('poison')) process.exit(1);
});
await import('../../../../dist/store/sqlite/writer/writer.js');
