import * as library from '@microsoft/signalr';
import { describeClient } from './matrix';

describe('the @microsoft/signalr 10 client', () => {
  describeClient({ major: 10, library, protocols: ['json', 'messagepack'] });
});
