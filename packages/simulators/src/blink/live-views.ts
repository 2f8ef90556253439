import { randomBytes } from 'node:crypto';
import type { Answer } from '../shared/http.ts';
import type { Commands } from './commands.ts';
import type { BlinkCamera, Network } from './state.ts';

export interface LiveView {
  camera: BlinkCamera;
  /** Names the connection in the address of the stream. */
  connectionId: string;
  token: string;
  startedAt: number;
  isOver: boolean;
}

/** The orders of live views: each keeps its network's module until it is ended or 300 s are over. */
export class LiveViews {
  /** Where the streams are served, as `host:port`. */
  streamHost = '127.0.0.1:443';
  /** Every live view that was opened, oldest first. */
  readonly opened: LiveView[] = [];
  /** Told when a live view is over: with "save live views" it leaves a clip. */
  onEnd: (view: LiveView, network: Network) => void = () => {};
  readonly #commands: Commands;
  readonly #clientId: number;
  readonly #now: () => number;

  constructor(commands: Commands, clientId: number, now: () => number) {
    this.#commands = commands;
    this.#clientId = clientId;
    this.#now = now;
  }

  open(camera: BlinkCamera, network: Network): Answer {
    const durationSeconds = 300;
    const connectionId = randomBytes(8).toString('hex');
    const view = {
      camera,
      connectionId,
      token: randomBytes(24).toString('hex'),
      startedAt: this.#now(),
      isOver: false,
    };
    const effect = (): void => {
      view.isOver = true;
      this.onEnd(view, network);
    };
    const command = this.#commands.open({
      network,
      camera,
      word: 'lv_relay',
      effect,
      durationMs: durationSeconds * 1000,
    });
    if (!command) return this.#commands.busyAnswer();
    this.opened.push(view);
    return {
      body: {
        command_id: command.id,
        join_available: true,
        join_state: 'available',
        server: this.#address(view),
        duration: durationSeconds,
        extended_duration: 5400,
        continue_interval: 60,
        continue_warning: 10,
        polling_interval: 15,
        submit_logs: true,
        new_command: true,
        media_id: null,
        options: { poor_connection: false },
        liveview_token: view.token,
      },
    };
  }

  /** The oldest models have RTSP over TLS, all others a protocol of Blink's own. */
  #address({ camera, connectionId }: LiveView): string {
    const query = `client_id=${this.#clientId}`;
    if (['white', 'xt', 'xt2'].includes(camera.type)) {
      return `rtsps://${this.streamHost}/${connectionId}__IMDS_${camera.serial}?${query}&blinkRTSP=true`;
    }
    return `immis://${this.streamHost}/${connectionId}__IMDS_${camera.serial}?${query}`;
  }
}
