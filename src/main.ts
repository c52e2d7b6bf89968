#!/usr/bin/env node
import { runCommand } from './cli/run-command';

// A reader such as `head` that has seen enough is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

void runCommand(process.argv.slice(2), process).then((code) => process.exit(code));
