import { Faults } from '../shared/faults.ts';
import type { HttpSimulator } from '../shared/http.ts';
import { Authority, type Certificate } from './certificates.ts';
import { ChangeStream } from './change-stream.ts';
import { type Cloud, type CloudParts, refuseStream, startCloud } from './cloud.ts';
import { Lan } from './lan.ts';
import { Ledger } from './ledger.ts';
import { type FilmOptions, loadMedia } from './media/library.ts';
import type { MediaContext } from './media-host.ts';
import { createDemoOrganisation } from './organisation.ts';
import { Scenario } from './scenario.ts';
import { defaultSettings, type Settings } from './settings.ts';
import type { Camera, Gateway, Organisation } from './state.ts';
import { FederatedTokens } from './tokens.ts';
import { MediaFaults } from './troubles.ts';
import { Webhooks } from './webhooks.ts';

export interface RhombusOptions {
  /** Folder for the film and sound, made on first use. */
  mediaFolder: string;
  /** Epoch ms; everything the organisation dates comes from it. */
  now: () => number;
  /** @default the demo organisation, with one of everything */
  organisation?: Organisation;
  settings?: Partial<Settings>;
  film?: FilmOptions;
  /** @default 'ffmpeg' */
  ffmpeg?: string;
  /** HTTP instead of HTTPS for the cloud (no client certificates then); devices on the LAN always speak HTTPS. @default false */
  plainCloud?: boolean;
  /** Host names in the addresses that are handed out; they must lead to this machine. @default '127.0.0.1' */
  hostNames?: { wan?: string; lan?: string };
  /** Ports of the cloud; 0 lets the system choose. @default 0 */
  ports?: { api?: number; ws?: number; wan?: number };
  /** Shortest heart-beat of the change stream, in ms. @default 10000 */
  heartBeatMs?: number;
}

/** A running organisation. */
export interface Rhombus {
  apiUrl: string;
  /** The same API in another region: it refuses every key of this organisation. */
  foreignApiUrl: string;
  wsUrl: string;
  /** Host of footage through the cloud, of pictures and of clips. */
  wanUrl: string;
  org: Organisation;
  cameras: Camera[];
  /** Switches; may be changed while it runs. */
  settings: Settings;
  scenario: Scenario;
  stream: ChangeStream;
  webhooks: Webhooks;
  tokens: FederatedTokens;
  /** Troubles of any HTTP request by path; for what can go wrong inside a segment use `mediaFaults`. */
  faults: Faults;
  mediaFaults: MediaFaults;
  ledger: Ledger;
  api: HttpSimulator;
  /** PEM of the authority that signed the cloud's certificate. */
  authority: string;
  /** PEM of the certificate that a device shows on the LAN. */
  lanCertificate(uuid: string): string | undefined;
  /** A new client certificate that the cloud accepts together with a certificate key. */
  clientCertificate(): Promise<Certificate>;
  /** Gives a device that was added later its listener on the LAN. */
  addDevice(device: Camera | Gateway): Promise<void>;
  close(): Promise<void>;
}

/** Starts the cloud of one organisation and the LAN listeners of its cameras and gateways, on the loopback address. */
export async function startRhombus(options: RhombusOptions): Promise<Rhombus> {
  const { now, hostNames = {} } = options;
  const [media, authority] = await Promise.all([prepareMedia(options), Authority.create()]);
  const { org } = media;
  const parts = { media, authority, faults: new Faults(), webhooks: new Webhooks(org.uuid) };
  const lan = new Lan(media, parts.faults, hostNames.lan ?? '127.0.0.1');
  await Promise.all([...org.cameras, ...org.gateways].map((device) => lan.open(device)));
  const { plainCloud = false, ports = {}, heartBeatMs = 10_000 } = options;
  const cloud = await startCloud({ plainCloud, ports, wanName: hostNames.wan ?? '127.0.0.1' }, { ...parts, lan });
  const stream = new ChangeStream(cloud.ws.server, { orgUuid: org.uuid, heartBeatMs, refuse: refuseStream(media) });
  const servers = [cloud.api, cloud.foreign, cloud.ws, cloud.wan, lan];
  return {
    ...describe(parts, cloud),
    scenario: new Scenario({ org, stream, webhooks: parts.webhooks, now }),
    stream,
    lanCertificate: (uuid) => lan.certificate(uuid),
    clientCertificate: () => authority.client('Simulated client'),
    addDevice: async (device) => {
      if ('associatedCameras' in device) org.gateways.push(device);
      else org.cameras.push(device);
      await lan.open(device);
    },
    close: async () => {
      stream.close();
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

async function prepareMedia(options: RhombusOptions): Promise<MediaContext> {
  const { now } = options;
  return {
    org: options.organisation ?? createDemoOrganisation(Math.floor(now() / 1000)),
    settings: { ...defaultSettings(), ...options.settings },
    library: await loadMedia(options.mediaFolder, options.film, options.ffmpeg),
    tokens: new FederatedTokens(now),
    faults: new MediaFaults(),
    ledger: new Ledger(),
    now,
  };
}

type Description = Omit<
  Rhombus,
  'scenario' | 'stream' | 'lanCertificate' | 'clientCertificate' | 'addDevice' | 'close'
>;

function describe({ media, authority, faults, webhooks }: Omit<CloudParts, 'lan'>, cloud: Cloud): Description {
  return {
    apiUrl: cloud.api.url,
    foreignApiUrl: cloud.foreign.url,
    wsUrl: `${cloud.ws.url.replace(/^http/, 'ws')}/websocket`,
    wanUrl: cloud.wanUrl,
    org: media.org,
    cameras: media.org.cameras,
    settings: media.settings,
    tokens: media.tokens,
    mediaFaults: media.faults,
    ledger: media.ledger,
    api: cloud.api,
    authority: authority.cert,
    faults,
    webhooks,
  };
}
