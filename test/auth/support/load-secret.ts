import { loadOrCreateSecret } from '../../../src/auth/secret-file';

// A process of its own: waits for a line, so that several can start at one moment, and prints what it got.
process.stdout.write('ready\n');
process.stdin.once('data', () => {
  process.stdout.write(`${JSON.stringify(loadOrCreateSecret(process.argv[2] ?? ''))}\n`);
  process.stdin.destroy();
});
