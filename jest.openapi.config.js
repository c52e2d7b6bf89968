const base = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  roots: ['<rootDir>/test/openapi'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 60_000,
};
