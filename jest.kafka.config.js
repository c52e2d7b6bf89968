const base = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  roots: ['<rootDir>/test/kafka'],
  testPathIgnorePatterns: ['/node_modules/'],
  // One cluster for all, which is started first.
  globalSetup: '<rootDir>/test/kafka/support/start-cluster.ts',
  globalTeardown: '<rootDir>/test/kafka/support/stop-cluster.ts',
  testEnvironment: '<rootDir>/test/kafka/support/environment.ts',
  // Brokers start and are killed beside whatever else the machine does.
  testTimeout: 240_000,
  // The native part of the client leaves a thread behind in each worker.
  forceExit: true,
};
