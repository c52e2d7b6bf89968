/** Names in order of their UTF-8 bytes, which is not the order of their UTF-16 units. */
export const NAMES_IN_ORDER = ['A', 'Z', 'a', 'a b', 'aa', 'é', '\uff5e', '😀'];
