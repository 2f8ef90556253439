import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * Many homes that beat every 15 s, each at its own moment: `beating-homes.ts <port> <file of tokens, one a line>`. Orders come
 * as lines of JSON: `{"open":1000}`, `{"silence":100}`; answers go out as lines, too. They write their WebSocket frames
 * themselves: thousands of whole clients would need more of the machine than the server that is measured.
 */
const [port = '', file = ''] = process.argv.slice(2);
const tokens = readFileSync(file, 'utf8').trim().split('\n');
const everyMs = 15_000;
/** Upgrades under way at the same time. */
const maxOpening = 500;

interface BeatingHome {
  token: string;
  /** While it is open. */
  socket: Socket | undefined;
  seq: number;
  lastBeatAt: number;
  isSilent: boolean;
}

const homes: BeatingHome[] = [];
const waiting: BeatingHome[] = [];
let opening = 0;
let connected = 0;
let wanted = 0;

const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

function upgradeOf({ token }: BeatingHome): string {
  const lines = [
    'GET /beat HTTP/1.1',
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Authorization: Bearer ${token}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** A masked text frame of at most 125 bytes; with a mask of zeros the text stays as it is. */
function frameOf(text: string): string {
  return `\u0081${String.fromCharCode(0x80 | text.length)}\0\0\0\0${text}`;
}

function open(home: BeatingHome): void {
  opening += 1;
  const socket = connect(Number(port), '127.0.0.1');
  socket.setNoDelay(true);
  socket.write(upgradeOf(home));
  socket.once('data', (data) => {
    if (!data.toString('latin1').startsWith('HTTP/1.1 101')) return void socket.destroy();
    opening -= 1;
    connected += 1;
    home.socket = socket;
    socket.resume();
    beat(home);
    if (connected === wanted) say({ connected });
    openNext();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (home.socket) connected -= 1;
    else opening -= 1;
    home.socket = undefined;
    // At once, all of them: worse than any crowd of real senders.
    setTimeout(() => {
      waiting.push(home);
      openNext();
    }, 100);
  });
}

function openNext(): void {
  while (opening < maxOpening) {
    const home = waiting.shift();
    if (!home) return;
    open(home);
  }
}

function beat(home: BeatingHome): void {
  if (home.isSilent || !home.socket) return;
  home.lastBeatAt = Date.now();
  const text = `{"type":"beat","seq":${(home.seq += 1)},"state":"online","uptimeSeconds":86400}`;
  home.socket.write(frameOf(text), 'latin1');
}

/** Sends what is due in small steps, so that the beats of all are spread evenly. */
let turn = 0;
const stepMs = 20;
setInterval(() => {
  const until = turn + (homes.length * stepMs) / everyMs;
  for (let index = Math.ceil(turn); index < until; index += 1) {
    const home = homes[index % homes.length];
    if (home) beat(home);
  }
  turn = homes.length > 0 ? until % homes.length : 0;
}, stepMs);

createInterface({ input: process.stdin }).on('line', (line) => {
  const order = JSON.parse(line) as { open?: number; silence?: number };
  if (order.open !== undefined) {
    wanted = order.open;
    while (homes.length < wanted) {
      const home = {
        token: tokens[homes.length] ?? '',
        socket: undefined,
        seq: Date.now(),
        lastBeatAt: 0,
        isSilent: false,
      };
      homes.push(home);
      waiting.push(home);
    }
    openNext();
  }
  if (order.silence !== undefined) {
    const step = Math.floor(homes.length / order.silence);
    const silent = homes
      .flatMap((home, index) => (index % step === 0 ? [{ home, index }] : []))
      .slice(0, order.silence);
    for (const { home } of silent) home.isSilent = true;
    say({ silent: silent.map(({ home, index }) => ({ index, lastBeatAt: home.lastBeatAt })) });
  }
});
say({ ready: true });
