const base = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  roots: ['<rootDir>/test/recipes'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/recipes/support/install.ts',
  testTimeout: 300_000,
};
