// Sends the traces of Writer hub to a collector:
//
//     npm install @opentelemetry/sdk-node
//     OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 node --require ./register.cjs node_modules/.bin/writer-hub serve
//
// OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER and all other variables of OpenTelemetry work as with any Node.js program.
const { isMainThread } = require('node:worker_threads');

// Node.js loads this file into the server's threads as well, which have nothing to tell.
if (isMainThread) {
  const { NodeSDK } = require('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ serviceName: process.env.OTEL_SERVICE_NAME ?? 'writer-hub' });
  sdk.start();
  // What has not been sent yet is sent while the server stops.
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, () => {
      sdk.shutdown().catch((error) => {
        process.stderr.write(`traces could not be sent: ${error.message}\n`);
      });
    });
  }
}
