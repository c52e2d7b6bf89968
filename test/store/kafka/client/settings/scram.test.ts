import { scram } from '../../../../../src/store/kafka/client/settings/scram';

/** The exchange in RFC 7677, section 3. */
const NONCE = 'rOprNGfwEbeRWgbNEkqO';
const CHALLENGE = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';
const ANSWER =
  'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';
const VERIFIER = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=';

const PENCIL = { username: 'user', password: 'pencil' };

/** A server that sends these messages; collects what it is sent. */
function server(...answers: string[]): {
  readonly sent: string[];
  readonly exchange: (message: string) => Promise<string>;
} {
  const sent: string[] = [];
  return {
    sent,
    exchange: (message) => {
      sent.push(message);
      return Promise.resolve(answers.shift() ?? '');
    },
  };
}

describe('scram', () => {
  it('says what RFC 7677 says for its example, and believes the answer', async () => {
    const { sent, exchange } = server(CHALLENGE, VERIFIER);
    await scram('sha256', PENCIL, exchange, NONCE);
    expect(sent).toEqual([`n,,n=user,r=${NONCE}`, ANSWER]);
  });

  it('writes commas and equals signs of a name as RFC 5802 wants it', async () => {
    const { sent, exchange } = server('');
    await expect(scram('sha256', { username: 'a=b,c', password: '' }, exchange, 'n')).rejects.toThrow('SCRAM');
    expect(sent).toEqual(['n,,n=a=3Db=2Cc,r=n']);
  });

  it.each([
    [
      'a nonce that is not the one of the client',
      [CHALLENGE.replace('rOpr', 'xxxx'), VERIFIER],
      'its SCRAM is not right',
    ],
    ['no salt', [CHALLENGE.replace(/s=[^,]*/, 's='), VERIFIER], 'its SCRAM is not right'],
    ['a count that is no number', [CHALLENGE.replace('4096', 'many'), VERIFIER], 'its SCRAM is not right'],
    ['nothing', [], 'its SCRAM is not right'],
    ['no proof', [CHALLENGE, 'e=other-error'], 'does not know the password'],
    ['a wrong proof', [CHALLENGE, VERIFIER.replace('6rri', '7rri')], 'does not know the password'],
  ])('does not believe a server that sends %s', async (_, answers, reason) => {
    await expect(scram('sha256', PENCIL, server(...answers).exchange, NONCE)).rejects.toThrow(reason);
  });
});
