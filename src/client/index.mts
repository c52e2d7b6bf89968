// The same code as for `require`, under names that `import` knows: one copy, so one class HubError.
export * from './index.js';
