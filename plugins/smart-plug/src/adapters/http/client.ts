import type { PlugConfigOf } from '@porchlight/config-schemas';
import type { Grade } from '../../domain/grade.ts';
import type { PlugPort } from '../../ports.ts';
import { openWeb } from '../web/client.ts';

/** Small devices obey, and then send a browser back to their first page. */
const pageAfterwards = [302, 303];

/** Any plug with addresses for on, off and restart. */
export function openHttp(config: PlugConfigOf<'http'>): PlugPort {
  const { name, onUrl, offUrl, cycleUrl, stateUrl, method, failSafe } = config;
  const isOn = matcher(config.stateOn);
  const call = async (address: string, verb: typeof method, signal: AbortSignal): Promise<string> => {
    const url = new URL(address);
    const login = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
    const web = openWeb({ name, base: url.origin, ...(url.username !== '' && { login }) });
    const path = `${url.pathname}${url.search}`;
    const { body } = await web.send({ method: verb, path, accept: pageAfterwards }, signal);
    return body.toString();
  };
  return {
    grade: gradeOf(cycleUrl, failSafe),
    identity: { model: 'HTTP plug' },
    read: async (signal) => ({ on: isOn(await call(stateUrl, 'GET', signal)) }),
    async switch(on, signal) {
      await call(on ? onUrl : offUrl, method, signal);
    },
    async cut(offSeconds, signal) {
      await call(cycleUrl === undefined ? offUrl : withSeconds(cycleUrl, offSeconds), method, signal);
    },
    async close() {
      // Every request has a connection of its own.
    },
  };
}

/** A restart in one message is as good as its owner says; two messages over the network are not safe. */
export function gradeOf(cycle: string | undefined, failSafe: boolean): Grade {
  return cycle !== undefined && failSafe ? 'B' : 'D';
}

export function withSeconds(text: string, offSeconds: number): string {
  return text.replaceAll(/\{seconds\}|%7Bseconds%7D/g, String(Math.ceil(offSeconds)));
}

/** Whether a text means "on": it contains the pattern, or fits it when that is written as /…/. */
export function matcher(pattern: string): (text: string) => boolean {
  const expression = /^\/(.+)\/([imsu]*)$/.exec(pattern);
  if (!expression) return (text) => text.includes(pattern);
  const compiled = new RegExp(expression[1] ?? '', expression[2]);
  return (text) => compiled.test(text);
}
