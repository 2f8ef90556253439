/** Size of the drawn picture in pixels; the film is scaled up from it without smoothing. */
export const pictureSize = { width: 160, height: 90 } as const;

const glyphs: Record<string, string[]> = {
  '0': ['111', '101', '101', '101', '111'],
  '1': ['010', '110', '010', '010', '111'],
  '2': ['111', '001', '111', '100', '111'],
  '3': ['111', '001', '111', '001', '111'],
  '4': ['101', '101', '111', '001', '001'],
  '5': ['111', '100', '111', '001', '111'],
  '6': ['111', '100', '111', '101', '111'],
  '7': ['111', '001', '010', '010', '010'],
  '8': ['111', '101', '111', '101', '111'],
  '9': ['111', '101', '111', '001', '111'],
  ':': ['000', '010', '000', '010', '000'],
  N: ['101', '111', '111', '111', '101'],
  O: ['111', '101', '101', '101', '111'],
  V: ['101', '101', '101', '101', '010'],
  I: ['111', '010', '010', '010', '111'],
  D: ['110', '101', '101', '101', '110'],
  E: ['111', '100', '110', '100', '111'],
};

const bits = 12;
const cell = { width: 12, height: 16, top: 70, left: 8 };
const dark = 40;
const light = 220;

/** The number that the placeholder picture carries instead of a second. */
export const placeholderCode = 2 ** bits - 1;

/** A grey frame with the clock `MM:SS` of a second (0–3599), its number as twelve squares, and a bar that moves with `phase` (0–1). */
export function drawClock(second: number, phase: number): Buffer {
  const frame = blank();
  const [minutes, seconds] = [Math.floor(second / 60) % 60, second % 60];
  write(frame, `${String(minutes).padStart(2, '0')}:${String(seconds).padStart(2, '0')}`);
  fill(frame, { x: Math.floor(phase * (pictureSize.width - 10)), y: 0, width: 10, height: 6 });
  writeCode(frame, second);
  return frame;
}

/** The picture shown for footage that does not exist. */
export function drawPlaceholder(): Buffer {
  const frame = blank();
  write(frame, 'NO VIDEO');
  writeCode(frame, placeholderCode);
  return frame;
}

/** Reads the number back from a decoded grey frame of any size: the second of the loop, or `placeholderCode`. */
export function readClock(frame: Uint8Array, size: { width: number; height: number }): number {
  const scale = { x: size.width / pictureSize.width, y: size.height / pictureSize.height };
  let code = 0;
  for (let bit = 0; bit < bits; bit += 1) {
    const x = Math.floor((cell.left + bit * cell.width + cell.width / 2) * scale.x);
    const y = Math.floor((cell.top + cell.height / 2) * scale.y);
    code = code * 2 + ((frame[y * size.width + x] ?? 0) > (dark + light) / 2 ? 1 : 0);
  }
  return code;
}

function blank(): Buffer {
  return Buffer.alloc(pictureSize.width * pictureSize.height, dark);
}

function write(frame: Buffer, text: string): void {
  const scale = text.length > 5 ? 4 : 7;
  [...text].forEach((letter, place) => {
    glyphs[letter]?.forEach((row, line) => {
      [...row].forEach((dot, column) => {
        if (dot === '0') return;
        const x = 10 + (place * 4 + column) * scale;
        fill(frame, { x, y: 16 + line * scale, width: scale, height: scale });
      });
    });
  });
}

function writeCode(frame: Buffer, code: number): void {
  for (let bit = 0; bit < bits; bit += 1) {
    if ((code >> (bits - 1 - bit)) % 2 === 0) continue;
    fill(frame, { x: cell.left + bit * cell.width, y: cell.top, width: cell.width, height: cell.height });
  }
}

function fill(frame: Buffer, box: { x: number; y: number; width: number; height: number }): void {
  for (let y = box.y; y < box.y + box.height; y += 1) {
    const start = y * pictureSize.width + box.x;
    frame.fill(light, start, start + box.width);
  }
}
