import Database from 'better-sqlite3';

/** What can be done about a module that does not load. */
const REMEDY = 'run "npm rebuild better-sqlite3" in the folder of the installation';

/**
 * Throws an error that says what to do when SQLite cannot be loaded: called before anything is made on the disk, since
 * whatever fails for it later does not say so.
 */
export function checkNativeModule(open: () => { close(): unknown } = () => new Database(':memory:')): void {
  try {
    open().close();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const failure = new Error(`SQLite cannot be loaded: ${reasonOf(message)}; ${REMEDY}`, { cause: error });
    throw Object.assign(failure, { code: 'NATIVE_MODULE' });
  }
}

function reasonOf(message: string): string {
  const here = `${process.platform}-${process.arch} and Node.js ${process.version}`;
  if (message.includes('NODE_MODULE_VERSION'))
    return `its module was built for another Node.js than ${process.version}`;
  if (message.includes('bindings file')) {
    return `its module has not been built for ${here} (npm install with --ignore-scripts leaves it out)`;
  }
  const [line = ''] = message.split('\n', 1);
  return `its module is not one for ${here} (${line.slice(0, 100)})`;
}
