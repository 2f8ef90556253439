import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Assembler } from '../../src/adapters/film/assembler.ts';

let folder: string;
let assembler: Assembler;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porchlight-'));
  assembler = new Assembler();
});

afterEach(async () => {
  await assembler.close();
  await rm(folder, { recursive: true, force: true });
});

async function writePiece(name: string, content: Buffer): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

it('puts many films together at the same time without mixing them up', async () => {
  const films = Array.from({ length: 6 }, (_, film) => {
    const pieces = Array.from({ length: 8 }, (__, piece) => randomBytes(1000 + 90_000 * ((film + piece) % 5)));
    return { name: `film-${film}`, pieces };
  });
  const made = await Promise.all(
    films.map(async ({ name, pieces }) => {
      const paths = await Promise.all(pieces.map((piece, index) => writePiece(`${name}.${index}`, piece)));
      const film = await assembler.create(join(folder, name), paths[0] ?? '');
      for (const path of paths.slice(1)) await film.append({ path, startSec: 0 });
      return film.finish();
    }),
  );
  for (const [index, { name, pieces }] of films.entries()) {
    const whole = Buffer.concat(pieces);
    expect((await readFile(join(folder, name))).equals(whole)).toBe(true);
    expect(made[index]).toEqual({ bytes: whole.length, sha256: createHash('sha256').update(whole).digest('hex') });
  }
});

it('refuses a segment that is cut off, and one that has gone', async () => {
  const init = await writePiece('init', Buffer.from('00000008free', 'latin1'));
  const film = await assembler.create(join(folder, 'film'), init, 1_700_000_000);
  const cutOff = Buffer.alloc(40);
  cutOff.writeUInt32BE(100, 0);
  cutOff.write('mdat', 4, 'latin1');
  const path = await writePiece('segment', cutOff);
  await expect(film.append({ path, startSec: 1_700_000_000 })).rejects.toMatchObject({ code: 'footage.broken-film' });
  await expect(film.append({ path: join(folder, 'gone'), startSec: 0 })).rejects.toMatchObject({
    code: 'footage.broken-film',
  });
});
