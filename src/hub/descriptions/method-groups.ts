import type { MethodGroup } from './method-description';
import { READER_METHODS } from './reader-descriptions';
import { ACTIVITY_METHODS, SUBSCRIBE_METHODS } from './subscribe-descriptions';
import { DEFINITION_METHODS, PARAMETER_METHODS, WRITER_METHODS } from './writer-descriptions';

/** Every method that clients may call at the hub, in the order in which people look for them. */
export const METHOD_GROUPS: readonly MethodGroup[] = [
  WRITER_METHODS,
  PARAMETER_METHODS,
  READER_METHODS,
  SUBSCRIBE_METHODS,
  ACTIVITY_METHODS,
  DEFINITION_METHODS,
];
