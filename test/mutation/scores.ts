import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Stryker } from '@stryker-mutator/core';

type MutantResult = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

/** What became of the mutants of some files. */
export class Scores {
  readonly #mutants: readonly MutantResult[];

  constructor(mutants: readonly MutantResult[]) {
    this.#mutants = mutants.filter(({ status }) => status !== 'Ignored' && status !== 'CompileError');
  }

  plus(others: Scores): Scores {
    return new Scores([...this.#mutants, ...others.#mutants]);
  }

  /** A line for each mutant that no test noticed. */
  survivors(): string[] {
    return this.#mutants.filter((mutant) => !isNoticed(mutant)).map(describe);
  }

  /** A line for each file, and one for all of them. */
  table(): string {
    const files = [...new Set(this.#mutants.map(({ fileName }) => fileName))].sort();
    const rows = files.map((file) => row(path.relative('', file), this.#of(file)));
    return [...rows, row('all', this.#mutants)].join('\n');
  }

  #of(file: string): MutantResult[] {
    return this.#mutants.filter(({ fileName }) => fileName === file);
  }
}

function isNoticed({ status }: MutantResult): boolean {
  return status === 'Killed' || status === 'Timeout' || status === 'RuntimeError';
}

function row(name: string, mutants: readonly MutantResult[]): string {
  const noticed = mutants.filter(isNoticed).length;
  const score = ((100 * noticed) / mutants.length).toFixed(1);
  return `${score.padStart(5)} %  ${String(noticed).padStart(4)} of ${String(mutants.length).padStart(4)}  ${name}`;
}

function describe({ fileName, location, mutatorName, replacement, status }: MutantResult): string {
  const { line, column } = location.start;
  const original = readFileSync(fileName, 'utf8').split('\n')[line - 1]?.trim();
  return [
    `${status} ${mutatorName} ${path.relative('', fileName)}:${line}:${column}`,
    `    ${original ?? ''}`,
    `  → ${replacement.replace(/\s+/g, ' ')}`,
  ].join('\n');
}
