import type { StoreSupply } from '../store-contract';

/** Revoked tokens. */
export function describeTokens(supply: StoreSupply): void {
  describe('revokeToken', () => {
    it('remembers a token for ever, or until it would have expired', async () => {
      const store = await supply.open();
      const later = Date.now() + 3_600_000;
      await store.tokens.revokeToken('for ever');
      await store.tokens.revokeToken('later', later);
      await store.tokens.revokeToken('expired', Date.now() - 1);
      const tokens = await store.tokens.revokedTokens();
      expect(tokens.toSorted((a, b) => a.tokenId.localeCompare(b.tokenId))).toEqual([
        { tokenId: 'for ever' },
        { tokenId: 'later', expiresAt: later },
      ]);
    });

    it.each([
      ['an hour, then two', 1, 2, 2],
      ['two hours, then one', 2, 1, 2],
      ['an hour, then for ever', 1, undefined, undefined],
      ['for ever, then an hour', undefined, 1, undefined],
    ])('keeps a token revoked for the longer time: %s', async (_, first, second, expected) => {
      const store = await supply.open();
      const now = Date.now();
      const inHours = (hours: number | undefined): number | undefined => hours && now + hours * 3_600_000;
      await store.tokens.revokeToken('id', inHours(first));
      await store.tokens.revokeToken('id', inHours(second));
      const expiresAt = inHours(expected);
      expect(await store.tokens.revokedTokens()).toEqual([
        { tokenId: 'id', ...(expiresAt !== undefined && { expiresAt }) },
      ]);
    });
  });
}
