const base = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  roots: ['<rootDir>/test/opentelemetry'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 120_000,
};
