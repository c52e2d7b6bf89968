/**
 * Mutation testing; `test/mutation/main.ts` adds which files are mutated and which tests have to notice. As in all
 * tests, ts-jest only transpiles: `isolatedModules` of tsconfig.json.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  testRunner: 'jest',
  plugins: ['@stryker-mutator/jest-runner'],
  coverageAnalysis: 'perTest',
  concurrency: 1,
  // Mutants whose code and tests are what they were are not tried again.
  incremental: true,
  // What is copied to where the mutants are tried need not have these.
  ignorePatterns: ['/.ci', '/bench', '/data', '/dist', '/docs', '/examples', '/reports'],
  tempDirName: 'reports/mutation/sandbox',
  reporters: ['html'],
  logLevel: 'error',
};
