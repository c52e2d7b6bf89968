import js from '@eslint/js';
import { importX } from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import tseslint from 'typescript-eslint';
import prettier from 'eslint-config-prettier';

/** Which folders and files of src/ each part may import from, besides itself: the arrows of docs/architecture.md. */
const ARROWS = {
  signalr: [],
  // For browsers and other programs: no code of the server.
  client: [],
  console: ['sql-tables.ts', 'auth/token-id.ts'],
  swagger: [],
  // For trying: it knows nothing of a server.
  'kafka-dev': [],
  // What is sent and given, for whoever documents it.
  schemas: [],
  limits: ['errors.ts'],
  metrics: ['errors.ts', 'limits', 'signalr.ts', 'store/contract'],
  tracing: ['errors.ts', 'log.ts', 'signalr.ts', 'store/contract'],
  json: ['errors.ts'],
  store: ['errors.ts', 'nearest.ts', 'limits', 'json', 'threads/thread-priority.ts'],
  events: ['errors.ts', 'duration.ts', 'json', 'store/contract'],
  parameters: ['errors.ts', 'json', 'events', 'store/contract'],
  datasources: ['errors.ts', 'json', 'events', 'store/contract', 'store/sql'],
  auth: ['errors.ts'],
  hub: [
    'errors.ts',
    'schemas',
    'log.ts',
    'signalr.ts',
    'tracing',
    'limits',
    'json',
    'auth',
    'events',
    'parameters',
    'datasources',
    'feed',
    'store/contract',
  ],
  http: [
    'errors.ts',
    'schemas',
    'nearest.ts',
    'metrics',
    'tracing',
    'log.ts',
    'duration.ts',
    'limits',
    'json',
    'auth',
    'events',
    'parameters',
    'datasources',
    'feed',
    'store/contract',
  ],
  settings: ['config.ts', 'duration.ts', 'live-config.ts', 'metrics', 'nearest.ts', 'option-groups.ts'],
  // What describes the server; made when it is built.
  reference: ['errors.ts', 'version.ts', 'schemas', 'http', 'hub/descriptions'],
  feed: ['errors.ts', 'events', 'parameters', 'datasources', 'store/contract'],
  // From one store to another, whatever their engines are.
  moving: ['errors.ts', 'json', 'parameters', 'datasources', 'store/contract'],
  // The work of other parts, in threads; only what puts the parts together knows it.
  threads: ['errors.ts', 'limits', 'events', 'parameters', 'datasources', 'http/inflate.ts', 'store/contract'],
  cli: [
    'errors.ts',
    'sql-tables.ts',
    'events/names.ts',
    'config.ts',
    'duration.ts',
    'log.ts',
    'settings',
    'server.ts',
    'unknown-variables.ts',
    'option-groups.ts',
    'version.ts',
    'json',
    'auth',
    'kafka-dev',
    // A store is exported without a server, too.
    'open-store.ts',
    'moving',
    'store/contract',
    'store/sqlite/channel/offsets.ts',
    // Backups are made and restored without a server.
    'store/sqlite/backup',
    'store/sqlite/file/database-file.ts',
    'store/sqlite/file/directory-lock.ts',
    'store/sqlite/file/restore-marker.ts',
    'store/sqlite/file/schema.ts',
  ],
};

/**
 * The rooms of a part, and which rooms and files of the same part each may import from, besides itself. In
 * `store/sqlite` a room is a thread: what runs on the main thread cannot import what runs in the writer, the reader,
 * the packer or a query process.
 */
const ROOMS = {
  signalr: {
    protocol: ['exceptions.ts', 'names.ts'],
    transports: ['exceptions.ts'],
    clients: ['exceptions.ts', 'clock.ts', 'mistakes.ts', 'protocol'],
    hub: ['exceptions.ts', 'mistakes.ts', 'names.ts', 'clients', 'protocol'],
    scaleout: ['exceptions.ts', 'clock.ts', 'logger.ts', 'clients', 'protocol', 'transports'],
    dispatch: ['exceptions.ts', 'logger.ts', 'options.ts', 'instruments.ts', 'hub', 'clients', 'protocol'],
    connection: [
      'exceptions.ts',
      'names.ts',
      'clock.ts',
      'logger.ts',
      'options.ts',
      'instruments.ts',
      'dispatch',
      'hub',
      'clients',
      'protocol',
      'transports',
    ],
    endpoint: ['exceptions.ts', 'mistakes.ts', 'names.ts', 'options.ts', 'hub', 'connection', 'transports'],
  },
  datasources: {
    schema: [],
    rows: ['schema'],
    definition: ['schema', 'rows'],
    inference: ['schema', 'rows', 'definition'],
  },
  store: {
    contract: [],
    sql: ['contract'],
    samples: ['contract'],
    sqlite: ['contract', 'sql', 'samples'],
  },
  'store/sqlite': {
    channel: [],
    file: ['channel'],
    queue: ['channel'],
    writer: ['channel', 'file'],
    reader: ['channel', 'file'],
    packer: ['channel', 'file'],
    sql: ['channel', 'file'],
    backup: ['channel', 'file'],
  },
};

const partZones = Object.entries(ARROWS).map(([part, allowed]) => ({
  target: `./src/${part}`,
  from: './src',
  except: [part, ...allowed].map((name) => `./${name}`),
  message: `${part}/ may import only from ${allowed.join(', ') || 'itself'} (docs/architecture.md).`,
}));

const roomZones = Object.entries(ROOMS).flatMap(([part, rooms]) =>
  Object.entries(rooms).map(([room, allowed]) => ({
    target: `./src/${part}/${room}`,
    from: `./src/${part}`,
    except: [room, ...allowed].map((name) => `./${name}`),
    message: `${part}/${room} may import only from ${allowed.join(', ') || 'itself'} of ${part}/ (docs/architecture.md).`,
  })),
);

/** The SignalR server is a package of its own, of which everything else sees what it exports. */
const packageZone = {
  target: './src/!(signalr)/**',
  from: './src/signalr',
  message: 'The SignalR server is imported through src/signalr.ts.',
};

/** The store itself runs on the main thread. */
const threadZone = {
  target: './src/store/sqlite/sqlite-*.ts',
  from: ['./src/store/sqlite/writer', './src/store/sqlite/reader', './src/store/sqlite/packer'],
  message:
    'The writer, the reader and the packer run in threads of their own; they are called through queue/ and channel/.',
};

const HOUSE_RULES = [
  {
    selector:
      ':matches(PropertyDefinition, MethodDefinition[kind!="constructor"], TSParameterProperty)[accessibility="private"]',
    message: 'Write `#x` rather than `private x`.',
  },
  // Names, such as Tinybird's "Data Source", keep their capitals; options and variables are written as they are.
  ...['Literal', 'TemplateLiteral > TemplateElement:first-child'].map((text) => ({
    selector: `NewExpression[callee.name="WriterHubError"] > ${text}:matches([value=/^(?!Data Source)[A-Z][a-z]/], [value.raw=/^(?!Data Source)[A-Z][a-z]/])`,
    message: 'The text of an error begins in lower case.',
  })),
  ...['Literal', 'TemplateLiteral > TemplateElement:last-child'].map((text) => ({
    selector: `NewExpression[callee.name="WriterHubError"] > ${text}:matches([value=/\\.$/], [value.raw=/\\.$/])`,
    message: 'The text of an error ends without a full stop.',
  })),
];

export default tseslint.config(
  // What the recipes need is installed only where they are tried, and they are type-checked there.
  { ignores: ['**/dist/', 'coverage/', 'data/', 'reports/', 'packages/*/*.d.mts', 'examples/recipes/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: [
            ...['*.js', '*.mjs', '.*.cjs', 'packages/*/*.mjs', 'src/console/*.mjs', 'src/reference/*.mjs'],
          ],
        },
      },
    },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({
          project: ['tsconfig.json', 'src/console/tsconfig.json', 'src/swagger/tsconfig.json'],
          noWarnOnMultipleProjects: true,
        }),
      ],
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: [...partZones, ...roomZones, packageZone, threadZone] }],
      'no-console': 'error',
      // One way each: `#x` is private at run time too; numbers and texts that never change stand out in capitals.
      'no-restricted-syntax': ['error', ...HOUSE_RULES],
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'variable',
          modifiers: ['const', 'global'],
          types: ['number', 'string', 'boolean'],
          format: ['UPPER_CASE'],
          filter: { regex: '^version$', match: false },
        },
      ],
      // Byte loops index inside bounds they have checked; `!` says so without a branch.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Express tells an error handler by its four parameters, used or not.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  { files: ['examples/**', 'bench/**'], rules: { 'no-console': 'off' } },
  { files: ['**/*.js', '**/*.cjs', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.js', '**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
    languageOptions: { globals: { module: 'writable', require: 'readonly' } },
  },
  { files: ['packages/**/*.mjs', 'src/reference/*.mjs'], languageOptions: { globals: { URL: 'readonly' } } },
  {
    files: ['examples/**/*.js', 'examples/**/*.cjs'],
    languageOptions: {
      globals: {
        ...{ process: 'readonly', console: 'readonly', fetch: 'readonly' },
        ...{ setTimeout: 'readonly', clearTimeout: 'readonly' },
      },
    },
  },
  { files: ['src/**'], rules: { '@typescript-eslint/max-params': ['error', { max: 4 }] } },
  prettier,
  // Behind Prettier's own settings, which turn it off: a line of code is Prettier's to break, a comment is not.
  { rules: { 'max-len': ['error', { code: 1000, comments: 120, ignoreUrls: true }] } },
);
