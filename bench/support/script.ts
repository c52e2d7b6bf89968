/** Prints one line. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/**
 * Runs a script to its end. The exit code is 0 when `body` resolves with true, and 1 when it resolves with false,
 * rejects or is not done after `limitMs`. An interrupt ends the script at once; whatever made processes and files
 * removes them.
 */
export async function runScript(limitMs: number, body: () => Promise<boolean>): Promise<void> {
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  const deadline = setTimeout(() => {
    process.stderr.write(`not done after ${limitMs / 1000} s\n`);
    process.exit(1);
  }, limitMs);
  try {
    process.exitCode = (await body()) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? String(error.stack) : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    clearTimeout(deadline);
  }
}

/** Reads a whole number greater than zero from a command-line option. */
export function positive(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`--${option} takes a whole number above 0, not "${text}"`);
  return value;
}
