const firstKey = 171;
const headBytes = 4;

/** The XOR chain of the old TP-Link protocol: each byte is the key of the next. */
export function encrypt(text: string): Buffer {
  let key = firstKey;
  return Buffer.from(Buffer.from(text).map((byte) => (key = byte ^ key)));
}

export function decrypt(bytes: Uint8Array): string {
  let key = firstKey;
  const plain = bytes.map((byte) => {
    const one = byte ^ key;
    key = byte;
    return one;
  });
  return Buffer.from(plain).toString();
}

/** A message as it goes over TCP: its length in front. */
export function frame(text: string): Buffer {
  const head = Buffer.alloc(headBytes);
  const body = encrypt(text);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

/** The message in what has come so far; undefined while it is not whole. */
export function unframe(bytes: Buffer): string | undefined {
  if (bytes.length < headBytes) return undefined;
  const length = bytes.readUInt32BE();
  if (bytes.length < headBytes + length) return undefined;
  return decrypt(bytes.subarray(headBytes, headBytes + length));
}
