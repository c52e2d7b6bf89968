import js from '@eslint/js';
import { importX } from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import tseslint from 'typescript-eslint';
import prettier from 'eslint-config-prettier';

/** Which folders and files of src/ each part may import from, besides itself: the arrows of docs/architecture.md. */
const arrows = {
  signalr: [],
  json: ['errors.ts'],
  store: ['errors.ts', 'semaphore.ts', 'json'],
  events: ['errors.ts', 'json', 'store'],
  datasources: ['errors.ts', 'json', 'events', 'store'],
  auth: ['errors.ts'],
  hub: ['errors.ts', 'log.ts', 'signalr', 'json', 'auth', 'events', 'store'],
  http: ['errors.ts', 'metrics.ts', 'log.ts', 'semaphore.ts', 'json', 'auth', 'events', 'datasources', 'store'],
  cli: ['errors.ts', 'config.ts', 'log.ts', 'server.ts', 'version.ts', 'json', 'auth'],
};

const zones = Object.entries(arrows).map(([part, allowed]) => ({
  target: `./src/${part}`,
  from: './src',
  except: [`./${part}`, ...allowed.map((name) => `./${name}`)],
  message: `${part}/ may import only from ${allowed.join(', ') || 'itself'} (docs/architecture.md).`,
}));

const HOUSE_RULES = [
  {
    selector:
      ':matches(PropertyDefinition, MethodDefinition[kind!="constructor"], TSParameterProperty)[accessibility="private"]',
    message: 'Write `#x` rather than `private x`.',
  },
];

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'data/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js', '*.mjs'] } } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: 'tsconfig.json' })] },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones }],
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
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.js'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
    languageOptions: { globals: { module: 'writable', require: 'readonly' } },
  },
  prettier,
);
