#!/usr/bin/env node
import { missingPackage } from './cli/missing-package';

// A reader such as `head` that has seen enough is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

async function main(): Promise<number> {
  try {
    // Loaded here, so that it can be said what it lacks.
    const { runCommand } = await import('./cli/run-command.js');
    return await runCommand(process.argv.slice(2), process);
  } catch (error) {
    const missing = missingPackage(error);
    if (missing === undefined) throw error;
    process.stderr.write(`writer-hub: ${missing}\n`);
    return 1;
  }
}

void main().then((code) => process.exit(code));
