import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';

const ROOT = path.join(__dirname, '../..');

/** 5 KB */
const LARGEST = 5 * 1024;

/** What `npm run build:client` makes for script tags. */
function bundle(): string {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(scripts['bundle']).toContain('--bundle --target=es2022');
  expect(scripts['build:client']).toContain('src/client/script.mts --minify');
  const { outputFiles, metafile } = buildSync({
    entryPoints: [path.join(ROOT, 'src/client/script.mts')],
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    target: 'es2022',
    absWorkingDir: ROOT,
  });
  expect(Object.keys(metafile.inputs).every((file) => /^src\/client\/[a-z-]+\.m?ts$/.test(file))).toBe(true);
  return outputFiles[0]!.text;
}

describe('the bundle of the client', () => {
  const text = bundle();

  it('is less than 5 KB compressed', () => {
    expect(gzipSync(text, { level: 9 }).length).toBeLessThan(LARGEST);
  });

  it('runs where there is nothing of Node.js', () => {
    const page = createContext({ crypto, setTimeout, clearTimeout });
    runInContext(text, page);
    const made = runInContext(
      'const c = new writerHub.WriterHubClient({url: ""}); [c.now() < c.now(), Object.keys(writerHub)]',
      page,
    ) as unknown;
    expect(made).toEqual([true, ['HubError', 'WriterHubClient']]);
  });
});
