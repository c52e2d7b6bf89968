import { describeReloads } from './support/reload-case';
import { STORING } from './support/storing-cases';

describeReloads('what stores, while the server runs', STORING);
