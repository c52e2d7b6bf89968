import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** The release that is run, and what has it write its log. */
export const KAFKA_VERSION = '4.1.1';
const BINDING_VERSION = '2.24.3';

/** What cannot be had or started. */
export class KafkaDevError extends Error {}

/** What a broker needs, as `group:artifact:version`. */
const BROKER = [
  `org.apache.kafka:kafka_2.13:${KAFKA_VERSION}`,
  `org.apache.logging.log4j:log4j-slf4j-impl:${BINDING_VERSION}`,
];

/** Where the jars are kept: https://specifications.freedesktop.org/basedir-spec/latest/ */
export function jarDirectory(env: NodeJS.ProcessEnv): string {
  const given = env['XDG_CACHE_HOME'] ?? '';
  // Relative paths are to be ignored.
  const cache = given.startsWith('/') ? given : path.join(env['HOME'] ?? homedir(), '.cache');
  return path.join(cache, 'writer-hub', `kafka-${KAFKA_VERSION}`);
}

/**
 * Has Maven fetch Kafka and what it needs, some 45 MB, unless it is there; what was fetched is checked. Rejects with a
 * `KafkaDevError` when there is no Maven, or it fails.
 */
export async function fetchJars(directory: string, say: (line: string) => void): Promise<void> {
  if (existsSync(directory)) return;
  say(`fetching Kafka ${KAFKA_VERSION} with Maven`);
  await fetchArtifacts(directory, BROKER);
}

/** The same with any artifacts, `group:artifact:version` each, and what they need. */
export async function fetchArtifacts(directory: string, artifacts: readonly string[]): Promise<void> {
  if (existsSync(directory)) return;
  const partial = `${directory}.${process.pid}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  try {
    const pom = path.join(partial, 'pom.xml');
    writeFileSync(pom, pomOf(artifacts));
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partial}`];
    await run('mvn', ['--batch-mode', '--quiet', '--strict-checksums', '--file', pom, ...goal]);
    renameSync(partial, directory);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function pomOf(artifacts: readonly string[]): string {
  const dependencies = artifacts.map((artifact) => {
    const [group, name, version] = artifact.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>writer-hub</groupId>
  <artifactId>kafka-dev</artifactId>
  <version>1</version>
  <dependencies>${dependencies.join('')}</dependencies>
</project>
`;
}

/** Runs a program to its end; gives what it has said. Rejects with that when it cannot be run, or fails. */
export async function run(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const output of [child.stdout, child.stderr]) output.on('data', (text: Buffer) => (said += String(text)));
  const [code] = (await once(child, 'close').catch((error: unknown) => {
    throw new KafkaDevError(`${program} cannot be run: ${(error as Error).message}`);
  })) as [number | null];
  if (code !== 0) throw new KafkaDevError(`${program} ended with ${code ?? 'a signal'}:\n${said.trim()}`);
  return said;
}
