import { describeClient, oldClient } from '../matrix';

describe('the @microsoft/signalr 5.0 client', () => {
  describeClient(oldClient(5));
});
