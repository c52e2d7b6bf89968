const base = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  roots: ['<rootDir>/test/conformance/old-clients'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 60_000,
};
