const base = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  roots: ['<rootDir>/test/clickhouse'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 600_000,
};
