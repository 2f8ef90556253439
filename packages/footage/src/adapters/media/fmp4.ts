import { findBox, innerBoxes } from './box-walker.ts';

/** The epoch ms of a segment's `free` box that begins with `rhom`; undefined when it is another box. */
export function readStamp(box: Buffer): number | undefined {
  if (box.length < 20 || box.toString('latin1', 8, 12) !== 'rhom') return undefined;
  const stamp = box.readBigUInt64BE(12);
  return stamp <= 8_640_000_000_000_000n ? Number(stamp) : undefined;
}

/** Units per second of the first track of an initialisation part; undefined when it has none. */
export function readTimescale(init: Buffer): number | undefined {
  const header = findBox(init, ['moov', 'trak', 'mdia', 'mdhd'], { from: 0, to: init.length });
  if (!header || header.to - header.from < 24) return undefined;
  const version = init[header.from];
  const timescale = init.readUInt32BE(header.from + (version === 1 ? 20 : 12));
  return timescale > 0 ? timescale : undefined;
}

/** Where the decode times of a `moof` stand, and what they are. */
export function decodeTimes(moof: Buffer): { offset: number; isLong: boolean; time: bigint }[] {
  return [...innerBoxes(moof, 8, moof.length)]
    .filter(({ type }) => type === 'traf')
    .flatMap((track) => {
      const box = findBox(moof, ['tfdt'], track);
      if (!box || box.to - box.from < 8) return [];
      const isLong = moof[box.from] === 1;
      const offset = box.from + 4;
      if (offset + (isLong ? 8 : 4) > box.to) return [];
      return [{ offset, isLong, time: isLong ? moof.readBigUInt64BE(offset) : BigInt(moof.readUInt32BE(offset)) }];
    });
}

/** Sets the decode times of a `moof` back by so many units (forth when negative); they do not go below 0. */
export function shiftDecodeTimes(moof: Buffer, byUnits: bigint): void {
  for (const { offset, isLong, time } of decodeTimes(moof)) {
    const shifted = time > byUnits ? time - byUnits : 0n;
    if (isLong) moof.writeBigUInt64BE(shifted, offset);
    else moof.writeUInt32BE(Number(shifted & 0xffff_ffffn), offset);
  }
}
