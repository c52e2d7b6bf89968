/** Magic number and a header without content size or checksum, with a window of 8 MiB. */
const HEADER = [0x28, 0xb5, 0x2f, 0xfd, 0, 0x68];

/** RFC 8878, section 3.1.1.2.4. */
const LARGEST_BLOCK = 128 * 1024;

const CITIES = ['Chicago', 'Köln', 'Łódź'];

/** The text that `compressed` holds. */
export const STREETS = Array.from(
  { length: 60 },
  (_, n) => `{"n":${n},"city":"${CITIES[n % 3]!}","v":${(n * n) % 97}}\n`,
).join('');

/** What version 1.5 of `zstd --stdout` makes of that text with various flags. */
export const COMPRESSED = {
  'by default':
    'KLUv/QRYRQoA4kwkIKAn6SMCV1X90zqxJSJLGhHaL70vTKSUMqUkLcf+aHMEh4Zh4n23/35fT3p59vB3eXa8m66RylUyutgsDYnuNapb1b6KSL' +
    '0qvSVi+aXVp7RtWXWqolLlspRnRr3r6ExVIkwb+mqvm7NueAgsOBQeRUkBgwOAkEmGcWgUZBAGMQYDAYoFQWKQSThYKAZRkEmGEYCNqAFhvAz7' +
    'b1AzUqsDESgoECsTnMSZfKSQDHpbemw+tp10T5sKuGdJ2eSss+TjtzhJtYtnMsHV3LejncwQRLwmMH8XfHgLfZLyyG16EBYNEpE6C6nIS+IZ9D' +
    'mNiCaCn9hUh1byserCZfUqq8idBCTaCsTILr2RHg7KkYAcJh+Hfj7BQVM9F1nUP4fEKULE1Ck75g3F70c+z84GPBABNZg+BMkHSSsPKRoUAsK1' +
    'QMD4K0BWBezl0H8=',
  'without checksum':
    'KLUv/QBYRQoA4kwkIKAn6SMCV1X90zqxJSJLGhHaL70vTKSUMqUkLcf+aHMEh4Zh4n23/35fT3p59vB3eXa8m66RylUyutgsDYnuNapb1b6KSL' +
    '0qvSVi+aXVp7RtWXWqolLlspRnRr3r6ExVIkwb+mqvm7NueAgsOBQeRUkBgwOAkEmGcWgUZBAGMQYDAYoFQWKQSThYKAZRkEmGEYCNqAFhvAz7' +
    'b1AzUqsDESgoECsTnMSZfKSQDHpbemw+tp10T5sKuGdJ2eSss+TjtzhJtYtnMsHV3LejncwQRLwmMH8XfHgLfZLyyG16EBYNEpE6C6nIS+IZ9D' +
    'mNiCaCn9hUh1byserCZfUqq8idBCTaCsTILr2RHg7KkYAcJh+Hfj7BQVM9F1nUP4fEKULE1Ck75g3F70c+z84GPBABNZg+BMkHSSsPKRoUAsK1' +
    'QMD4K0BWBQ==',
  'at its hardest':
    'KLUv/QSIJQgAkg8oHZArHafRMzOrumT0FlG87NDhBJFSSplSAlLNeM0JWWZY+KvaCqnKXk5XYSuPiilf3oevu+fZC+vO33ykvqbjmZulDdFE57' +
    'KZrJx4t/arRvKVcVkWsUxd0+pXKd/ftWyLWmLKXNpYeWRGrr7ne6lEZogwb5g/s1XL6OlXLoaJRXI5pYWCYhkcAkSY5jhO4DAOhEICITjNeTQS' +
    'hRNgmrM4kHeoEQDxadjvoJlaDREkCBkKfyvoaTOotMw2bhXE6OdqQ/56CTOUW84t59Z8uyIcp7E0QbgLkQvd/XAXzh4pXeRpY7+Z04iuWoShrA' +
    'XKBuEnDXQKbxTBmLGMFuyuBhYAqQLs5dB/',
};

/** A frame that holds bytes as they are. */
export function stored(bytes: Uint8Array): Buffer {
  const parts: Uint8Array[] = [Buffer.from(HEADER)];
  for (let at = 0; at === 0 || at < bytes.length; at += LARGEST_BLOCK) {
    const part = bytes.subarray(at, at + LARGEST_BLOCK);
    parts.push(blockHeader(part.length, 0, at + LARGEST_BLOCK >= bytes.length), part);
  }
  return Buffer.concat(parts);
}

/** A frame that inflates to so many times 128 KiB of zeros, four bytes each: a block of type 1 repeats one byte. */
export function zeros(blocks: number): Buffer {
  const zero = Buffer.from([0]);
  const block = (last: boolean) => [blockHeader(LARGEST_BLOCK, 1, last), zero];
  return Buffer.concat([
    Buffer.from(HEADER),
    ...Array.from({ length: blocks }, (_, n) => block(n === blocks - 1)).flat(),
  ]);
}

function blockHeader(size: number, type: number, last: boolean): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((size << 3) | (type << 1) | Number(last), 0, 3);
  return header;
}
