import { describeClient, oldClient } from '../matrix';

describe('the @microsoft/signalr 7.0 client', () => {
  describeClient(oldClient(7));
});
