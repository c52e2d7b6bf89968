import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { faultsOf } from '../../json/schema-faults';
import type { TopicContents } from '../../store/sqlite/backup/contents';
import { SCHEMA_VERSION } from '../../store/sqlite/file/schema';
import { CommandError } from '../command-error';

/** Names of the files of a backup. */
export const MANIFEST_FILE = 'manifest.json';
export const DATABASE_FILE = 'writer-hub.db';
export const SECRET_FILE = 'secret';

const FORMAT = 'writer-hub-backup';
/** What this version writes, and the greatest that it reads. */
const FORMAT_VERSION = 1;

const count = z.number().int().nonnegative();

const topic = z.object({
  name: z.string(),
  kind: z.enum(['events', 'rows']),
  streams: count,
  events: count,
  packages: count,
  rows: count,
  quarantinedRows: count,
});

/** What a backup of any version says. */
const head = z.object({
  format: z.literal(FORMAT),
  formatVersion: z.number(),
  version: z.string(),
  schema: z.number(),
});

const manifest = head.extend({
  createdAt: z.iso.datetime(),
  database: z.object({ bytes: count, sha256: z.string() }),
  secret: z.object({ fingerprint: z.string() }).nullable(),
  topics: z.array(topic),
});

/** What a backup holds. */
export type Manifest = z.infer<typeof manifest>;

/** The manifest of a new backup, but for what makes it one. */
export function newManifest(contents: Omit<Manifest, 'format' | 'formatVersion'>): Manifest {
  return { format: FORMAT, formatVersion: FORMAT_VERSION, ...contents };
}

/** Reads the manifest of a backup. Throws a `CommandError` when it is none that this version can restore. */
export function readManifest(directory: string): Manifest {
  const parsed = parse(directory);
  const { success, data } = head.safeParse(parsed);
  if (!success) throw new CommandError(`${directory} is not a backup: its ${MANIFEST_FILE} is not one of writer-hub`);
  const { formatVersion, version, schema } = data;
  if (formatVersion > FORMAT_VERSION || schema > SCHEMA_VERSION) {
    throw new CommandError(
      `${directory} was made by a newer version of writer-hub, ${version}: restore it with that one`,
    );
  }
  const whole = manifest.safeParse(parsed);
  if (whole.success) return whole.data;
  throw new CommandError(`${join(directory, MANIFEST_FILE)} is damaged: ${faultsOf(whole.error)}`);
}

function parse(directory: string): unknown {
  const path = join(directory, MANIFEST_FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${directory} is not a backup, or is not whole: ${why}`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${path} is damaged: it is not JSON`, { cause: error });
  }
}

/** Whether two counts of what topics hold are the same. */
export function isSame(one: readonly TopicContents[], other: readonly TopicContents[]): boolean {
  const [first, second] = [one, other].map((topics) => JSON.stringify(z.array(topic).parse(topics)));
  return first === second;
}

/** By this a secret is known again without being told: the beginning of its SHA-256. */
export function fingerprintOf(secret: string): string {
  return createHash('sha256').update(secret.trim()).digest('hex').slice(0, 16);
}

/** What a backup holds, in words. */
export function summaryOf(topics: readonly TopicContents[]): string {
  const sum = (part: 'streams' | 'events' | 'packages' | 'rows' | 'quarantinedRows'): number =>
    topics.reduce((total, each) => total + each[part], 0);
  const number = (value: number): string => value.toLocaleString('en');
  const parts = [
    `${number(topics.length)} topics and data sources`,
    `${number(sum('streams'))} streams`,
    `${number(sum('events'))} events`,
    `${number(sum('packages'))} packages of parameter data`,
    `${number(sum('rows'))} rows`,
    `${number(sum('quarantinedRows'))} quarantined rows`,
  ];
  return parts.join(', ');
}
