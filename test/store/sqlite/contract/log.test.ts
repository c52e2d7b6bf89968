import { readdirSync } from 'node:fs';
import { CONTRACT } from '../../store-contract';
import { describeSqliteStore } from './describe-sqlite-store';

describeSqliteStore('log');

it('has a file for every part of the contract', () => {
  const files = readdirSync(__dirname).filter((name) => name.endsWith('.test.ts'));
  expect(files.toSorted()).toEqual(
    Object.keys(CONTRACT)
      .map((part) => `${part}.test.ts`)
      .toSorted(),
  );
});
