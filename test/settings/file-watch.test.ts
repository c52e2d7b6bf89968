import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileWatch } from '../../src/settings/file-watch';
import { temporaryDirectory } from '../support/test-hub';

/** A watch that looks when it is told to, and what it has noticed. */
async function watching(...paths: string[]) {
  const noticed: string[] = [];
  const watch = new FileWatch(
    () => paths,
    (path) => noticed.push(path),
  );
  await watch.look();
  const looks = async (count: number): Promise<string[]> => {
    for (let n = 0; n < count; n++) await watch.look();
    return noticed;
  };
  return { looks, paths };
}

describe('FileWatch', () => {
  const file = (): string => {
    const path = join(temporaryDirectory(), 'f.toml');
    writeFileSync(path, 'a');
    return path;
  };

  it('says nothing of files that stay as they are', async () => {
    const { looks } = await watching(file());
    expect(await looks(5)).toEqual([]);
  });

  it('notices a file that was written, once, and not before it looks the same at two looks', async () => {
    const path = file();
    const { looks } = await watching(path);
    writeFileSync(path, 'half of it');
    expect(await looks(1)).toEqual([]);
    writeFileSync(path, 'all of it, which is longer');
    expect(await looks(1)).toEqual([]);
    expect(await looks(5)).toEqual([path]);
  });

  it('notices one that an editor has put in its place', async () => {
    const path = file();
    const { looks } = await watching(path);
    writeFileSync(`${path}~`, 'b');
    renameSync(`${path}~`, path);
    expect(await looks(2)).toEqual([path]);
  });

  it('notices a link in its path that is set anew, as Kubernetes does', async () => {
    const directory = temporaryDirectory();
    for (const version of ['one', 'two']) {
      mkdirSync(join(directory, version));
      writeFileSync(join(directory, version, 'f.toml'), version);
    }
    symlinkSync('one', join(directory, '..data'));
    symlinkSync('..data/f.toml', join(directory, 'f.toml'));
    const path = join(directory, 'f.toml');
    const { looks } = await watching(path);
    symlinkSync('two', join(directory, '..data_tmp'));
    renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
    rmSync(join(directory, 'one'), { recursive: true });
    expect(await looks(2)).toEqual([path]);
  });

  it('notices one that goes, and one that comes', async () => {
    const path = file();
    const { looks } = await watching(path);
    unlinkSync(path);
    expect(await looks(2)).toEqual([path]);
    writeFileSync(path, 'again');
    expect(await looks(2)).toEqual([path, path]);
  });

  it('says once that several have changed', async () => {
    const [one, two] = [file(), file()];
    const { looks } = await watching(one, two);
    writeFileSync(one, 'new');
    writeFileSync(two, 'new');
    expect(await looks(2)).toEqual([one]);
  });

  it('looks at files that are named later, and no longer at others', async () => {
    const [one, two] = [file(), file()];
    const { looks, paths } = await watching(one);
    paths.splice(0, 1, two);
    await looks(1);
    writeFileSync(one, 'new');
    writeFileSync(two, 'newer');
    expect(await looks(2)).toEqual([two]);
  });
});
