import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { StaticFiles } from '../../../src/http/files/static-files';

describe('StaticFiles', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'writer-hub-files-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('has nothing where there is no folder', () => {
    expect(new StaticFiles(path.join(folder, 'none')).find('main-1.js')).toBeUndefined();
  });

  it('reads again what could not be read', async () => {
    const file = path.join(folder, 'main-1.js');
    writeFileSync(file, '1');
    const files = new StaticFiles(folder);
    rmSync(file);
    await expect(files.find('main-1.js')).rejects.toThrow('ENOENT');
    writeFileSync(file, '2');
    expect(String((await files.find('main-1.js'))?.plain)).toBe('2');
  });

  it.each([
    ['files of other types', 'main-1.map'],
    ['those that are excepted', 'index.html'],
    ['those of other folders', '../main-1.js'],
  ])('does not give out %s', (_, name) => {
    for (const each of ['main-1.js', 'main-1.map', 'index.html']) writeFileSync(path.join(folder, each), '1');
    const files = new StaticFiles(folder, ['index.html']);
    expect(files.find(name)).toBeUndefined();
    expect(files.find('main-1.js')).toBeDefined();
  });
});
