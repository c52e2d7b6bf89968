import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, runNode } from './consumer';

/** How a program is compiled that uses a hub or its clients: a name, the type of its modules, and options. */
export const SETTINGS = [
  ['commonjs and node10', 'commonjs', { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' }],
  ['node16, as CommonJS', 'commonjs', { module: 'node16' }],
  ['node16, as an ES module', 'module', { module: 'node16' }],
  ['a bundler', 'module', { module: 'esnext', moduleResolution: 'bundler', verbatimModuleSyntax: true }],
] as const;

/** What is to be compiled: the `.ts` files of a folder. */
export interface Project {
  readonly at: string;
  readonly options: object;
}

/** What `tsc -p` does with each of some folders; a library that several read in the same way is parsed once. */
const SCRIPT = `
  const [, typescript, ...folders] = process.argv;
  const ts = require(typescript);
  const parsed = new Map();
  const saidOf = (folder) => {
    const fail = ({ messageText }) => { throw new Error(ts.flattenDiagnosticMessageText(messageText, '\\n')); };
    const configHost = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail };
    const config = ts.getParsedCommandLineOfConfigFile(folder + '/tsconfig.json', {}, configHost);
    const { options, fileNames } = config;
    const host = ts.createCompilerHost(options);
    const read = host.getSourceFile;
    host.getSourceFile = (name, how, ...rest) => {
      if (!name.includes('/node_modules/')) return read(name, how, ...rest);
      const key = [name, how.languageVersion, how.impliedNodeFormat, how.jsDocParsingMode, options.module].join();
      if (!parsed.has(key)) parsed.set(key, read(name, how, ...rest));
      return parsed.get(key);
    };
    const program = ts.createProgram({ rootNames: fileNames, options, host, configFileParsingDiagnostics: config.errors });
    const found = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
    return ts.formatDiagnostics(ts.sortAndDeduplicateDiagnostics(found), host);
  };
  console.log(JSON.stringify(folders.map(saidOf)));
`;

/** Compiles projects as a user would, in one process, and returns what the compiler says about each. */
export async function compileAll(projects: readonly Project[]): Promise<string[]> {
  for (const { at, options } of projects) {
    mkdirSync(at, { recursive: true });
    writeFileSync(path.join(at, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
  }
  const typescript = path.join(ROOT, 'node_modules/typescript');
  const { code, output } = await runNode(['-e', SCRIPT, typescript, ...projects.map(({ at }) => at)], ROOT);
  if (code !== 0) throw new Error(output);
  return JSON.parse(output) as string[];
}
