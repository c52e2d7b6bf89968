const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testSequencer: '<rootDir>/test/support/longest-first.js',
  // Many tests wait for processes and disks: more run at once than there are cores.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  // Suites that need what a plain machine lacks, or take long, are run by commands of their own.
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/browser/',
    '<rootDir>/test/clickhouse/',
    '<rootDir>/test/deploy/',
    '<rootDir>/test/kafka/',
    '<rootDir>/test/conformance/old-clients/',
    '<rootDir>/test/openapi/',
    '<rootDir>/test/opentelemetry/',
    '<rootDir>/test/prometheus/',
    '<rootDir>/test/python/',
    '<rootDir>/test/recipes/',
    '<rootDir>/test/redis/',
    // `npm run test:views` has all parts of it.
    '<rootDir>/test/store/kafka/views/contract/(?!removal)',
  ],
  transform: {
    // Code of pages: its types know a DOM, which those of all other code do not.
    '/console/(?!support/).+\\.tsx?$': [
      'ts-jest',
      {
        tsconfig: {
          isolatedModules: true,
          module: 'commonjs',
          target: 'es2023',
          jsx: 'react-jsx',
          jsxImportSource: 'preact',
        },
      },
    ],
    '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.json' }],
    // jose is an ES module: Node.js can `require` it, Jest only from Node.js 24.9 on.
    '/node_modules/jose/.+\\.js$': [
      'ts-jest',
      { tsconfig: { allowJs: true, isolatedModules: true, module: 'commonjs', target: 'es2023' } },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  // Worker threads load compiled code: `npm test` builds first.
  moduleNameMapper: {
    '/worker-file$': '<rootDir>/test/support/worker-file.ts',
    '^signalr-server$': '<rootDir>/src/signalr/index.ts',
    '^signalr-server/redis$': '<rootDir>/src/signalr/redis.ts',
  },
  // Generous: a machine that runs several suites at once is slow, and no test waits for this to pass.
  testTimeout: 60_000,
};
