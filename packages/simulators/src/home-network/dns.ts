import { createSocket } from 'node:dgram';

export interface DnsSimulator {
  port: number;
  /** Names that were asked for, oldest first. */
  questions: string[];
  close(): Promise<void>;
}

/** Answers to a question: an address, "no such name", a server failure, or silence. */
export type DnsAnswer = Answer | 'silence';
type Answer = { type: 'address'; address: string } | { type: 'nxdomain' | 'servfail' };

const responseCodes = { address: 0, servfail: 2, nxdomain: 3 } as const;

/** A name server on a UDP port of its own that answers questions for IPv4 addresses. */
export async function startDns(answer: (name: string) => DnsAnswer): Promise<DnsSimulator> {
  const socket = createSocket('udp4');
  const questions: string[] = [];
  socket.on('message', (query, peer) => {
    const { name, end, type } = readQuestion(query);
    questions.push(name);
    const given = answer(name);
    if (given === 'silence') return;
    socket.send(writeAnswer(query.subarray(0, end), given, type), peer.port, peer.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    port: socket.address().port,
    questions,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function readQuestion(query: Buffer): { name: string; end: number; type: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0 && at < query.length; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = at + 3 <= query.length ? query.readUInt16BE(at + 1) : 0;
  return { name: labels.join('.'), end: Math.min(query.length, at + 5), type };
}

/** The question again, and for an A question one address that holds for a minute. */
function writeAnswer(question: Buffer, answer: Answer, type: number): Buffer {
  const head = Buffer.from(question);
  head.writeUInt16BE(0x8180 | responseCodes[answer.type], 2);
  head.writeUInt16BE(1, 4);
  const hasAddress = answer.type === 'address' && type === 1;
  head.writeUInt16BE(hasAddress ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  if (!hasAddress) return head;
  const record = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...answer.address.split('.').map(Number)]);
  return Buffer.concat([head, record]);
}
