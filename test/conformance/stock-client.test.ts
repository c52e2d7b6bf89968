import * as library from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { describeClient } from './matrix';

describe('the @microsoft/signalr 10 client', () => {
  describeClient({ major: 10, library, messagePack: MessagePackHubProtocol });
});
