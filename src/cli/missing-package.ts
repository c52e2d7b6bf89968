/**
 * What to say when a package that the program needs is not installed; `undefined` when the error is another one.
 * Node.js lists the files that asked for it, which are of no use to whoever installed them.
 */
export function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'MODULE_NOT_FOUND') return undefined;
  const [line = ''] = error.message.split('\n', 1);
  const [, name = line] = /'([^']+)'/.exec(line) ?? [];
  return `${name} is missing: run "npm install" in the folder of the installation`;
}
