import { describeClient, oldClient } from '../matrix';

describe('the @microsoft/signalr 6.0 client', () => {
  describeClient(oldClient(6));
});
