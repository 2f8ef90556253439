import { createSocket } from 'node:dgram';

/** Answers datagrams at a port; where that is taken, nobody finds the plug by asking around. */
export async function answerDatagrams(
  port: number,
  answer: (message: Buffer) => Buffer | undefined,
): Promise<() => void> {
  const socket = createSocket('udp4');
  socket.on('message', (message, { address, port: from }) => {
    const text = answer(message);
    if (text) socket.send(text, from, address);
  });
  await new Promise<void>((resolve) => {
    socket.once('error', () => resolve());
    socket.bind(port, '127.0.0.1', resolve);
  });
  let isOpen = true;
  return () => {
    if (isOpen) socket.close();
    isOpen = false;
  };
}
