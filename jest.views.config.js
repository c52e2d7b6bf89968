const base = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = { ...base, roots: ['<rootDir>/test/store/kafka/views'], testPathIgnorePatterns: ['/node_modules/'] };
