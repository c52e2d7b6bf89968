import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parse } from 'yaml';
import { asyncApiDocument } from '../../src/reference/asyncapi-document';
import { openApiDocument } from '../../src/reference/openapi-document';

/** Where the build puts them. */
const FILES = join(__dirname, '../../dist/reference-files');

const IS_INSTALLED = existsSync(join(__dirname, 'node_modules'));
if (!IS_INSTALLED) process.stdout.write('not run: the linters are not there: npm ci --prefix test/openapi\n');
const withLinters = IS_INSTALLED ? it : it.skip;

/** What a linter says, and its exit code. */
function lint(file: string): string {
  const redocly = join(__dirname, 'node_modules/@redocly/cli/bin/cli.js');
  const options = ['--config', join(__dirname, 'redocly.yaml'), '--format', 'stylish', '--max-problems', '50'];
  try {
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    execFileSync(process.execPath, [redocly, 'lint', join(FILES, file), ...options], { env, stdio: 'pipe' });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: Buffer; readonly stderr?: Buffer };
    return `${stdout?.toString() ?? ''}${stderr?.toString() ?? ''}${String(error)}`;
  }
}

interface Diagnostic {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

interface AsyncApiParser {
  parse(text: string): Promise<{ readonly diagnostics: readonly Diagnostic[] }>;
}

describe('what the build has left', () => {
  it('is made of the table of routes and the methods of the hub as they are', async () => {
    const [openApi, yaml, asyncApi] = await Promise.all(
      ['openapi.json', 'openapi.yaml', 'asyncapi.json'].map((name) => readFile(join(FILES, name), 'utf8')),
    );
    const document = JSON.parse(JSON.stringify(openApiDocument())) as unknown;
    expect(JSON.parse(openApi!)).toEqual(document);
    expect(parse(yaml!)).toEqual(document);
    expect(JSON.parse(asyncApi!)).toEqual(JSON.parse(JSON.stringify(asyncApiDocument())));
  });

  withLinters.each(['openapi.json', 'openapi.yaml', 'asyncapi.json'])(
    '%s passes the linter without a warning',
    (name) => {
      expect(lint(name)).toBe('');
    },
  );

  withLinters('asyncapi.json is AsyncAPI 3 to its own parser', async () => {
    const { Parser } = createRequire(join(__dirname, 'package.json'))('@asyncapi/parser') as {
      readonly Parser: new () => AsyncApiParser;
    };
    const { diagnostics } = await new Parser().parse(await readFile(join(FILES, 'asyncapi.json'), 'utf8'));
    expect(diagnostics.map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([]);
  });
});
