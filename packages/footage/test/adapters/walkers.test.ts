import { expect, test } from '@jest/globals';
import { BoxWalker, type Box } from '../../src/adapters/media/box-walker.ts';
import { decodeTimes, readStamp, shiftDecodeTimes } from '../../src/adapters/media/fmp4.ts';
import { createSegmentCheck } from '../../src/adapters/media/segment-check.ts';
import { WebmWalker } from '../../src/adapters/media/webm-walker.ts';
import { seededRandom } from '../support/interrupted.ts';

function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

function stamp(at: number): Buffer {
  const payload = Buffer.alloc(12, 'rhom');
  payload.writeBigUInt64BE(BigInt(at), 4);
  return box('free', payload);
}

function moof(time: bigint): Buffer {
  const tfdt = Buffer.alloc(12);
  tfdt.writeUInt8(1, 0);
  tfdt.writeBigUInt64BE(time, 4);
  return box('moof', box('mfhd', Buffer.alloc(8)), box('traf', box('tfhd', Buffer.alloc(8)), box('tfdt', tfdt)));
}

const segment = Buffer.concat([
  stamp(5_000_000),
  moof(90_000n),
  box('mdat', Buffer.alloc(5000, 7)),
  moof(180_000n),
  box('mdat', Buffer.alloc(3)),
]);

test('boxes are found whichever way the bytes are cut', () => {
  const random = seededRandom(2);
  for (let round = 0; round < 200; round += 1) {
    const boxes: Box[] = [];
    const walker = new BoxWalker((found) => boxes.push(found));
    for (let offset = 0; offset < segment.length;) {
      const length = 1 + Math.floor(random() * (round % 2 === 0 ? 12 : 3000));
      walker.push(segment.subarray(offset, offset + length));
      offset += length;
    }
    walker.end();
    expect(boxes.map(({ type }) => type)).toEqual(['free', 'moof', 'mdat', 'moof', 'mdat']);
    expect(readStamp(boxes[0]?.bytes ?? Buffer.alloc(0))).toBe(5_000_000);
  }
});

test('every cut of a segment is noticed', () => {
  for (let length = 0; length < segment.length; length += 1) {
    const walker = new BoxWalker();
    const isAtEdge = [20 + 8 - 8, stamp(0).length].includes(length);
    walker.push(segment.subarray(0, length));
    const check = createSegmentCheck({ kind: 'camera', startSec: 5000, offsetMs: undefined });
    check.push(segment.subarray(0, length));
    const hasWholePicture = length >= stamp(0).length + moof(0n).length + 5008 && isBoxEdge(length);
    if (hasWholePicture) continue;
    expect(() => check.end()).toThrow();
    if (!isAtEdge && !isBoxEdge(length)) expect(() => walker.end()).toThrow();
  }
});

function isBoxEdge(length: number): boolean {
  let edge = 0;
  for (let offset = 0; offset < segment.length; offset += segment.readUInt32BE(offset))
    if (offset === length) edge = offset;
  return edge === length;
}

test('3,000 segments with a changed byte: accepted or refused, never a crash', () => {
  const random = seededRandom(4);
  const ends = { accepted: 0, refused: 0 };
  for (let count = 0; count < 3000; count += 1) {
    const changed = Buffer.from(segment);
    const at = Math.floor(random() * (count % 2 === 0 ? 120 : changed.length));
    changed[at] = Math.floor(random() * 256);
    const check = createSegmentCheck({ kind: 'camera', startSec: 5000, offsetMs: 0 });
    try {
      check.push(changed);
      check.end();
      ends.accepted += 1;
    } catch (error) {
      expect(error).toMatchObject({ name: 'PartError' });
      ends.refused += 1;
    }
  }
  expect(ends.accepted).toBeGreaterThan(100);
  expect(ends.refused).toBeGreaterThan(100);
});

test('decode times are set back, and not below 0', () => {
  const part = moof(180_000n);
  shiftDecodeTimes(part, 90_000n);
  expect(decodeTimes(part)).toMatchObject([{ time: 90_000n }]);
  shiftDecodeTimes(part, 900_000n);
  expect(decodeTimes(part)).toMatchObject([{ time: 0n }]);
});

function cluster(timecode: number, size?: number): Buffer {
  const time = Buffer.alloc(10);
  time.set([0xe7, 0x88]);
  time.writeBigUInt64BE(BigInt(timecode), 2);
  const body = Buffer.concat([time, Buffer.from([0xa3, 0x85, 0x81, 0, 0, 0x80, 9])]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(0x1000_0000 + (size ?? body.length));
  return Buffer.concat([Buffer.from([0x1f, 0x43, 0xb6, 0x75]), length, body]);
}

test('sound: clusters, their time, and cuts', () => {
  const sound = Buffer.concat([cluster(1_767_225_600_000), cluster(1_767_225_601_000)]);
  for (let piece = 1; piece < sound.length; piece += 1) {
    const walker = new WebmWalker();
    for (let offset = 0; offset < sound.length; offset += piece) walker.push(sound.subarray(offset, offset + piece));
    walker.end();
    expect(walker.firstTimecodeMs).toBe(1_767_225_600_000);
    const cut = new WebmWalker();
    cut.push(sound.subarray(0, piece));
    if (piece !== sound.length / 2) expect(() => cut.end()).toThrow();
  }
});

test('sound of an unknown size goes on to the end', () => {
  const open = cluster(5);
  open.writeUInt32BE(0x1fff_ffff, 4);
  const walker = new WebmWalker();
  walker.push(open);
  walker.end();
  expect(walker.firstTimecodeMs).toBe(5);
});

test('a web page is neither film nor sound', () => {
  const page = Buffer.from('<!DOCTYPE html><html></html>');
  for (const kind of ['camera', 'gateway'] as const) {
    const check = createSegmentCheck({ kind, startSec: 0, offsetMs: undefined });
    expect(() => {
      check.push(page);
      check.end();
    }).toThrow('damaged');
  }
});
