import { parentPort } from 'node:worker_threads';
import { GrowingFile, Timeline } from './growing-film.ts';
import type { WorkerAnswer, WorkerRequest } from './assembler.ts';

interface Film {
  file: GrowingFile;
  timeline: Timeline | undefined;
}

const films = new Map<number, Film>();

async function carryOut(request: WorkerRequest): Promise<unknown> {
  const { film: id } = request;
  if (request.type === 'create') {
    const { target, init, beginSec } = request;
    const timeline = beginSec === undefined ? undefined : new Timeline(init, beginSec);
    const file = new GrowingFile(target);
    films.set(id, { file, timeline });
    return file.append(init);
  }
  const film = films.get(id);
  if (!film) throw new Error('there is no such film');
  if (request.type === 'append') {
    const { piece } = request;
    return film.file.append(piece.path, (content) => film.timeline?.adjust(content, piece));
  }
  films.delete(id);
  return request.type === 'finish' ? film.file.finish() : film.file.abandon();
}

parentPort?.on('message', (request: WorkerRequest) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  const answer = (body: Omit<WorkerAnswer, 'id'>): void => parentPort?.postMessage({ id: request.id, ...body });
  carryOut(request).then(
    (result) => answer({ result }),
    (error: unknown) => {
      const { message, code, syscall } = error as NodeJS.ErrnoException;
      answer({ problem: { message, ...(code && { code }), ...(syscall && { syscall }) } });
    },
  );
});
