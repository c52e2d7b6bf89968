import { closeSync, constants, copyFileSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { logFile } from './database-file';
import { readLogFrames, type LogFrames } from './log-frames';

/** What a look at the files of a database says, before SQLite touches them. */
export interface Finding {
  readonly level: 'info' | 'warn' | 'error';
  readonly details: object;
  readonly text: string;
  /** Set when nothing may be written into the database. */
  readonly isDamage?: boolean;
}

/** SQLite's file format, section 1.3: The Database Header. https://www.sqlite.org/fileformat2.html#the_database_header */
interface DatabaseHeader {
  readonly isDatabase: boolean;
  readonly pageBytes: number;
  /** Pages that the file has; `undefined` where the header does not say. */
  readonly pages: number | undefined;
  readonly bytes: number;
}

/**
 * Looks at the files of a database that was not closed, or was changed since. SQLite passes over what it cannot read at
 * the end of its log in silence: that is right after a crash, and wrong when what was acknowledged is among it. Such a
 * log is put aside as a copy, since SQLite overwrites it.
 */
export function checkFiles(databaseFile: string, now: number): Finding[] {
  const header = readHeader(databaseFile);
  const log = readLogFrames(logFile(databaseFile), header?.pageBytes ?? 4096);
  const findings = log === undefined ? [] : logFindings(databaseFile, log, now);
  // A log that holds commits may hold the pages that the file lacks.
  if (header?.isDatabase === true && (log === undefined || log.commits === 0)) findings.push(...lengthFinding(header));
  return findings;
}

function logFindings(databaseFile: string, log: LogFrames, now: number): Finding[] {
  const { isHeaderValid, commits, framesBehind, lostCommits, bytes } = log;
  const details = { commits, framesBehind, lostCommits, logBytes: bytes };
  const recovered: Finding[] =
    commits === 0
      ? []
      : [{ level: 'info', details, text: `${commits} commits are recovered from the write-ahead log` }];
  if (lostCommits > 0 || (!isHeaderValid && framesBehind > 0)) {
    const copy = putAside(logFile(databaseFile), now);
    const what = isHeaderValid ? 'is damaged in the middle' : 'has a damaged header';
    const text =
      `the write-ahead log ${what}: ${framesBehind} frames with ${lostCommits} commits cannot be read, and what was ` +
      `acknowledged may be missing; a copy of the log is kept in ${copy}`;
    return [...recovered, { level: 'error', details: { ...details, copy }, text }];
  }
  if (framesBehind === 0) return recovered;
  const text = `the write-ahead log ends with ${framesBehind} frames of a commit that was not finished`;
  return [...recovered, { level: 'warn', details, text }];
}

function lengthFinding({ pages = 0, pageBytes, bytes }: DatabaseHeader): Finding[] {
  const expected = pages * pageBytes;
  if (bytes >= expected) return [];
  const text = `the database file is damaged: it has ${bytes} bytes, and ${expected} by its header`;
  return [{ level: 'error', details: { bytes, expected }, text, isDamage: true }];
}

/** Copies a file to a name that is free; gives that. */
function putAside(path: string, now: number): string {
  const time = new Date(now).toISOString().replace(/[:.]/g, '-');
  for (let number = 1; ; number++) {
    const copy = `${path}-damaged-${time}${number === 1 ? '' : `-${number}`}`;
    if (existsSync(copy)) continue;
    copyFileSync(path, copy, constants.COPYFILE_EXCL);
    return copy;
  }
}

function readHeader(path: string): DatabaseHeader | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const header = Buffer.alloc(100);
    readSync(file, header, 0, header.length, 0);
    const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
    // The number of pages counts only if the same program wrote it that changed the file last.
    const isCounted = header.readUInt32BE(24) === header.readUInt32BE(92);
    return {
      isDatabase: header.toString('latin1', 0, 16) === 'SQLite format 3\0',
      pageBytes: pageBytes >= 512 ? pageBytes : 4096,
      pages: isCounted ? header.readUInt32BE(28) : undefined,
      bytes: fstatSync(file).size,
    };
  } finally {
    closeSync(file);
  }
}
