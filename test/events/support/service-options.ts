import type { EventServiceOptions } from '../../../src/events/event-service';

/** Small limits, and keys that last for a minute. */
export const SERVICE_OPTIONS: EventServiceOptions = {
  maxDepth: 64,
  maxTags: 10,
  maxPropertiesBytes: 1024,
  maxDefinitionsBytes: 1024,
  idempotencyWindow: 60_000,
};
