/** One second of film: its `moof` box, where the two numbers to be re-stamped stand in it, and its `mdat` box. */
export interface Fragment {
  moof: Buffer;
  mdat: Buffer;
  sequenceOffset: number;
  decodeTimeOffset: number;
}

/** Splits a fragmented MP4 into the initialisation part and its fragments. Throws when it is not one. */
export function splitFmp4(file: Buffer): { init: Buffer; fragments: Fragment[] } {
  const init: Buffer[] = [];
  const fragments: Fragment[] = [];
  let moof: Buffer | undefined;
  for (const { type, bytes } of boxes(file)) {
    if (type === 'ftyp' || type === 'moov') init.push(bytes);
    if (type === 'moof') moof = bytes;
    if (type === 'mdat' && moof) fragments.push(fragment(moof, bytes));
  }
  if (init.length < 2 || fragments.length === 0) throw new Error('not a fragmented MP4 file');
  return { init: Buffer.concat(init), fragments };
}

/** The top-level boxes of an MP4, each with its header. */
export function* boxes(file: Buffer): Generator<{ type: string; bytes: Buffer }> {
  let offset = 0;
  while (offset + 8 <= file.length) {
    const size = file.readUInt32BE(offset);
    if (size < 8) return;
    yield { type: file.toString('latin1', offset + 4, offset + 8), bytes: file.subarray(offset, offset + size) };
    offset += size;
  }
}

function fragment(moof: Buffer, mdat: Buffer): Fragment {
  const sequence = moof.indexOf('mfhd');
  const decodeTime = moof.indexOf('tfdt');
  if (sequence < 0 || decodeTime < 0 || moof[decodeTime + 4] !== 1) throw new Error('moof without a 64-bit tfdt');
  return { moof, mdat, sequenceOffset: sequence + 8, decodeTimeOffset: decodeTime + 8 };
}

/** The fragment's boxes with a new place in time (`decodeTime` in units of the track); the media bytes are not copied. */
export function restamp(source: Fragment, sequence: number, decodeTime: bigint): Buffer[] {
  const moof = Buffer.from(source.moof);
  moof.writeUInt32BE(sequence >>> 0, source.sequenceOffset);
  moof.writeBigUInt64BE(decodeTime, source.decodeTimeOffset);
  return [moof, source.mdat];
}

/** The `free` box that says when a segment begins: `rhom` and the epoch ms. */
export function rhomBox(startAt: number): Buffer {
  const payload = Buffer.alloc(12, 'rhom');
  payload.writeBigUInt64BE(BigInt(startAt), 4);
  return freeBox(payload);
}

/** A box that players skip. */
export function freeBox(payload: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(payload.length + 8, 0);
  head.write('free', 4, 'latin1');
  return Buffer.concat([head, payload]);
}

/** The epoch ms of a segment's `rhom` box; undefined when there is none. */
export function readRhom(segment: Buffer): number | undefined {
  for (const { type, bytes } of boxes(segment)) {
    if (type === 'free' && bytes.length === 20 && bytes.toString('latin1', 8, 12) === 'rhom') {
      return Number(bytes.readBigUInt64BE(12));
    }
  }
  return undefined;
}
