import * as z from 'zod';
import type { FoundPlug } from './client.ts';
import { broadcast, search, type Target } from './datagrams.ts';

const answerSchema = z.object({
  result: z.object({ device_type: z.string().regex(/PLUG/), device_model: z.string().max(64) }),
});
const everybody: Target = { address: '255.255.255.255', port: 20_002 };
/** As their maker's app asks. */
const question = Buffer.from('020000010000000000000000463cb5d3', 'hex');
const headBytes = 16;

/** Tapo plugs, and Kasa plugs with the newer protocol, answer a broadcast on a port of their own. */
export function findTapo(waitMs: number, target = everybody): Promise<FoundPlug[]> {
  return search({
    waitMs,
    send: (socket) => broadcast(socket, question, target),
    read(message, host) {
      const model = readModel(message);
      return model === undefined ? undefined : { type: 'tapo', name: `TP-Link ${model}`, host };
    },
  });
}

function readModel(message: Buffer): string | undefined {
  try {
    return answerSchema.parse(JSON.parse(message.subarray(headBytes).toString())).result.device_model;
  } catch {
    return undefined;
  }
}
