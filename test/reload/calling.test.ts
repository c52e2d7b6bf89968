import { CALLING } from './support/calling-cases';
import { describeReloads } from './support/reload-case';

describeReloads('what answers callers, while the server runs', CALLING);
