import type { Clock } from '@porchlight/core';
import type { IncomingMessage } from 'node:http';
import { maxBeatBytes } from '../domain/beat.ts';
import { Limit } from '../domain/limit.ts';
import type { Gate } from '../gate.ts';
import type { Member } from '../roster.ts';
import { jsonAnswer, type Answer } from './answer.ts';
import { readBody } from './body.ts';

/** Posts of one home in this time, milliseconds. */
const windowMs = 30_000;
const maxPosts = 30;

/** Beats by POST, for senders that hold no connection. */
export function createBeatRoute(
  gate: Gate,
  clock: Clock,
): (member: Member, request: IncomingMessage) => Promise<Answer> {
  const posts = new Limit({ max: maxPosts, windowMs, maxKeys: 100_000 });
  return async (member, request) => {
    if (!posts.spend(member.id, clock.monotonic())) {
      gate.refuse('rate', member.id);
      return { status: 429, headers: { 'Retry-After': String(windowMs / 1000) }, isFinal: true };
    }
    const body = await readBody(request, maxBeatBytes);
    if (body === undefined) {
      gate.refuse('size', member.id);
      return { status: 413, isFinal: true };
    }
    const verdict = gate.hear(member, body.trim());
    if (verdict === 'ok') return { status: 204 };
    gate.refuse(verdict, member.id);
    return verdict === 'replayed'
      ? jsonAnswer(409, { error: 'replayed', seq: member.sequence })
      : jsonAnswer(400, { error: 'malformed' });
  };
}
