/** Length of one Opus packet in the gateways' sound. */
export const packetMs = 20;

/** One packet of silence (Opus, mono, full band, 20 ms). */
export const silentPacket = Buffer.from([0xf8, 0xff, 0xfe]);

const clusterId = Buffer.from([0x1f, 0x43, 0xb6, 0x75]);
const simpleBlockId = 0xa3;

/** Splits a live WebM with one Opus track into its head (everything before the first cluster) and its packets. */
export function splitWebm(file: Buffer): { init: Buffer; packets: Buffer[] } {
  const start = file.indexOf(clusterId);
  if (start < 0) throw new Error('WebM without a cluster');
  const packets: Buffer[] = [];
  let offset = start;
  while (offset < file.length) {
    const id = readId(file, offset);
    const size = readSize(file, id.next);
    const isCluster = id.value === 0x1f43b675;
    // A cluster is entered, not skipped: its children follow its head at once.
    if (id.value === simpleBlockId) packets.push(file.subarray(size.next + 4, size.next + size.value));
    offset = isCluster ? size.next : size.next + size.value;
  }
  return { init: file.subarray(0, start), packets };
}

/** A cluster that begins at `startAt` (epoch ms) and holds packets of 20 ms each. At most 1,600 packets. */
export function webmCluster(startAt: number, packets: readonly Buffer[]): Buffer {
  const timecode = Buffer.alloc(10);
  timecode.set([0xe7, 0x88]);
  timecode.writeBigUInt64BE(BigInt(startAt), 2);
  const blocks = packets.flatMap((packet, index) => {
    const head = Buffer.from([0x81, 0, 0, 0x80]);
    head.writeInt16BE(index * packetMs, 1);
    return [Buffer.from([simpleBlockId]), sizeOf(packet.length + head.length), head, packet];
  });
  const body = Buffer.concat([timecode, ...blocks]);
  return Buffer.concat([clusterId, sizeOf(body.length), body]);
}

/** The other form of the same sound: epoch ms (8 bytes), then each packet after its length (2 bytes). */
export function opusPackets(startAt: number, packets: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeBigUInt64BE(BigInt(startAt));
  const framed = packets.flatMap((packet) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(packet.length);
    return [length, packet];
  });
  return Buffer.concat([head, ...framed]);
}

function readId(file: Buffer, offset: number): { value: number; next: number } {
  const length = Math.clz32(file[offset] ?? 0) - 23;
  return { value: file.readUIntBE(offset, Math.min(length, 4)), next: offset + Math.min(length, 4) };
}

function readSize(file: Buffer, offset: number): { value: number; next: number } {
  const first = file[offset] ?? 0;
  const length = Math.clz32(first) - 23;
  let value = first & ((1 << (8 - length)) - 1);
  for (let index = 1; index < length; index += 1) value = value * 256 + (file[offset + index] ?? 0);
  return { value, next: offset + length };
}

function sizeOf(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(0x1000_0000 + length);
  return bytes;
}
