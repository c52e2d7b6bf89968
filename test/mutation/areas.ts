/** Files that are mutated together, and the tests that have to notice. */
export interface Part {
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
}

/**
 * What `npm run test:mutation` can be asked for. Every mutant loads all tests of its part anew, so parts are small, and
 * tests that try random input or run for seconds stay out: what counts is what the rules of the others catch.
 */
export const AREAS: Readonly<Record<string, readonly Part[]>> = {
  auth: [
    ...['key-set', 'secret-file', 'secret', 'scopes', 'revocations', 'token-finder', 'token-memory', 'principal'].map(
      (name) => part(`src/auth/${name}.ts`, `test/auth/${name}.test.ts`),
    ),
    part('src/auth/token-minter.ts', 'test/auth/token-minter.test.ts'),
    part('src/auth/token-verifier.ts', 'test/auth/token-verifier.test.ts', 'test/auth/issued-tokens.test.ts'),
    part('src/auth/token-signature.ts', 'test/auth/{token-minter,token-verifier,issued-tokens}.test.ts'),
    part('src/auth/claims.ts', 'test/auth/token-verifier.test.ts'),
  ],
  json: [
    part('src/json/json-cursor.ts', 'test/json/json-*.test.ts', 'test/events/malformed-events.test.ts'),
    part('src/json/json-text.ts', 'test/json/json-text.test.ts'),
    part('src/json/utf8.ts', 'test/json/utf8.test.ts'),
  ],
  scanners: [
    {
      mutate: files('src/events', 'event-scanner event-properties'),
      tests: ['test/events/{event-scanner,invalid-events,malformed-events}.test.ts'],
    },
    part('src/events/timestamps.ts', 'test/events/{timestamps,event-scanner,invalid-events}.test.ts'),
    {
      mutate: files(
        'src/datasources/rows',
        'row-scanner row-cursor row-walker row-faults row-values scalar-reader value-reader unknown-fields',
      ),
      tests: ['test/datasources/rows/{row-scanner,bad-rows,rereads,quarantine-texts}.test.ts'],
    },
  ],
  protocol: [
    {
      mutate: files(
        'src/signalr/protocol',
        'framing record-framing length-prefix-framing receive-buffer message-frame-reader handshake',
      ),
      tests: ['test/signalr/protocol/{framing,length-prefix-framing,frame-types,handshake}.test.ts'],
    },
    {
      mutate: files(
        'src/signalr/protocol',
        'json-protocol json-envelope json-scanner json-arguments json-text-check json-writer json-span',
        'ascii-text exact-json-reader exact-json-writer raw-json value-binding name-table hub-messages',
      ),
      tests: ['test/signalr/protocol/{json-protocol,raw-json,vectors,parsed-size,name-table}.test.ts'],
    },
    {
      mutate: files(
        'src/signalr/protocol',
        'messagepack-protocol messagepack-parser messagepack-reader messagepack-writer messagepack-output messagepack-value',
        'messagepack-timestamp messagepack-json messagepack-json-steps message-steps json-output slab-writer utf8-text',
      ),
      tests: ['test/signalr/protocol/{messagepack-*,message-steps,raw-json,vectors,parsed-size}.test.ts'],
    },
  ],
  committer: [
    {
      mutate: files(
        'src/store/sqlite/writer',
        'committer group-writer event-writer row-writer commit-table record-table savepoint event-topics advance-list',
      ),
      tests: ['test/store/sqlite/writer/committer.test.ts'],
    },
  ],
};

function part(file: string, ...tests: string[]): Part {
  return { mutate: [file], tests };
}

/** The files of a folder with these names, which have spaces between them. */
function files(folder: string, ...names: string[]): string[] {
  return names.flatMap((line) => line.split(' ')).map((name) => `${folder}/${name}.ts`);
}
