import { Relay } from '../plugs/relay.ts';
import { startDns } from './dns.ts';
import { Front, type Silence } from './front.ts';
import { startTcpTarget, startWeb } from './internet.ts';
import type { Outage } from './outage.ts';
import type { HomeNetworkState } from './state.ts';

export interface HomeNetworkOptions {
  /** The contact of the plug that feeds the router. Default: a new one, on. */
  relay?: Relay;
  /** How long the router takes to boot, milliseconds. Default 500. */
  bootMs?: number;
  /** How long the router runs on without power, milliseconds: long enough for the plug's answer. Default 100. */
  holdUpMs?: number;
  /** How what is cut off behaves. Default `hang`, which is what a router without power does. */
  silence?: Silence;
}

export interface Target {
  host: string;
  port: number;
}

export interface HomeNetwork {
  readonly relay: Relay;
  readonly state: HomeNetworkState;
  /** Where to knock. All are real sockets on loopback. */
  readonly targets: {
    /** Three hosts of the internet. */
    tcp: readonly Target[];
    /** A name server of the internet, and the router's own. Any name has an address. */
    dns: Target;
    routerDns: Target;
    /** The router: a TCP port that takes connections. */
    gateway: Target;
    /** A web server of the internet, with the known paths such as /generate_204. Without a trailing slash. */
    http: string;
  };
  /** Names that never resolve, whatever the state. */
  readonly unknownNames: Set<string>;
  /** Puts a local service onto the home's network, next to the plug; resolves with the port to reach it at. */
  expose(port: number, type?: 'tcp' | 'udp'): Promise<number>;
  /** Begins an outage in place of any other; resolves when it can be felt. */
  outage(outage: Outage): Promise<void>;
  /** Ends the outage; resolves when all can be reached that should be. */
  mend(): Promise<void>;
  /** Resolves when the sockets have followed every change so far. */
  settled(): Promise<void>;
  onChange(listener: (state: HomeNetworkState) => void): () => void;
  /** Resolves when the condition holds; rejects after `ms` milliseconds (default 15 000). */
  until(condition: (state: HomeNetworkState) => boolean, ms?: number): Promise<void>;
  close(): Promise<void>;
}

/** A home whose router is fed by a plug: while the contact is open, nothing can be reached, the plug included. */
export async function startHomeNetwork(options: HomeNetworkOptions = {}): Promise<HomeNetwork> {
  const home = new Home(options);
  await home.open();
  return home;
}

const host = '127.0.0.1';
const address = { type: 'address', address: '203.0.113.1' } as const;

class Home implements HomeNetwork {
  readonly relay: Relay;
  readonly unknownNames = new Set<string>();
  targets: HomeNetwork['targets'] = {
    tcp: [],
    dns: { host, port: 0 },
    routerDns: { host, port: 0 },
    gateway: { host, port: 0 },
    http: '',
  };
  readonly #bootMs: number;
  readonly #holdUpMs: number;
  readonly #silence: Silence;
  readonly #fronts = { plugs: new Front(), router: new Front(), internet: new Front() };
  readonly #listeners = new Set<(state: HomeNetworkState) => void>();
  readonly #closers: (() => Promise<void>)[] = [];
  #router: HomeNetworkState['router'];
  #outage: Outage | undefined;
  #reboots = 0;
  #offSince = 0;
  #boot: NodeJS.Timeout | undefined;
  #holdUp: { over: () => void } | undefined;
  #applied: Promise<unknown> = Promise.resolve();

  constructor({ relay = new Relay(), bootMs = 500, holdUpMs = 100, silence = 'hang' }: HomeNetworkOptions) {
    this.relay = relay;
    this.#bootMs = bootMs;
    this.#holdUpMs = holdUpMs;
    this.#silence = silence;
    this.#router = relay.on ? 'up' : 'off';
  }

  get state(): HomeNetworkState {
    const isUp = this.#router === 'up';
    const kind = this.#outage?.type;
    return {
      router: this.#router,
      hasLan: isUp,
      hasGateway: isUp && kind !== 'lan',
      hasInternet: isUp && kind !== 'lan' && kind !== 'wan',
      outage: this.#outage,
      reboots: this.#reboots,
    };
  }

  async open(): Promise<void> {
    const { router, internet } = this.#fronts;
    const hosts = await Promise.all([startTcpTarget(), startTcpTarget(), startTcpTarget()]);
    const gateway = await startTcpTarget();
    const web = await startWeb(() => this.#outage?.type === 'captive');
    const isDnsDown = (): boolean => this.#outage?.type === 'dns';
    const dns = await startDns((name) => {
      if (isDnsDown()) return 'silence';
      return this.unknownNames.has(name) ? { type: 'nxdomain' } : address;
    });
    // The router's own server still answers while it has nobody to ask.
    const routerDns = await startDns((name) => {
      if (isDnsDown() || this.#outage?.type === 'wan') return { type: 'servfail' };
      return this.unknownNames.has(name) ? { type: 'nxdomain' } : address;
    });
    for (const part of [...hosts, gateway, web, dns, routerDns]) this.#closers.push(() => part.close());
    const at = async (front: Front, port: number, type?: 'udp'): Promise<Target> => ({
      host,
      port: await front.expose(port, type),
    });
    this.targets = {
      tcp: await Promise.all(hosts.map(({ port }) => at(internet, port))),
      dns: await at(internet, dns.port, 'udp'),
      routerDns: await at(router, routerDns.port, 'udp'),
      gateway: await at(router, gateway.port),
      http: `http://${host}:${await internet.expose(web.port)}`,
    };
    const stop = this.relay.onChange((on) => this.#onRelay(on));
    this.#closers.push(async () => stop());
    await this.#apply();
  }

  expose(port: number, type: 'tcp' | 'udp' = 'tcp'): Promise<number> {
    return this.#fronts.plugs.expose(port, type);
  }

  outage(outage: Outage): Promise<void> {
    this.#outage = outage;
    return this.#apply();
  }

  mend(): Promise<void> {
    this.#outage = undefined;
    return this.#apply();
  }

  async settled(): Promise<void> {
    await this.#applied;
  }

  onChange(listener: (state: HomeNetworkState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  until(condition: (state: HomeNetworkState) => boolean, ms = 15_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!condition(this.state)) return;
        clearTimeout(timer);
        stop();
        resolve();
      };
      const stop = this.onChange(look);
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`Waited ${ms} ms in vain; the network is ${JSON.stringify(this.state)}.`));
      }, ms);
      look();
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#boot);
    this.#holdUp?.over();
    this.relay.cancel();
    await this.settled();
    await Promise.all(Object.values(this.#fronts).map((front) => front.close()));
    await Promise.all(this.#closers.map((close) => close()));
  }

  #onRelay(on: boolean): void {
    if (!on) return this.#holdUpThenOff();
    this.#holdUp?.over();
    if (this.#router !== 'off') return;
    this.#router = 'booting';
    this.#boot = setTimeout(() => this.#up(), this.#bootMs);
    void this.#apply();
  }

  #holdUpThenOff(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    const off = (): void => {
      clearTimeout(this.#boot);
      this.#router = 'off';
      this.#offSince = performance.now();
      this.#holdUp = undefined;
      resolve(this.#apply());
    };
    this.#applied = promise;
    if (this.#holdUpMs === 0) return off();
    const timer = setTimeout(off, this.#holdUpMs);
    const over = (): void => {
      clearTimeout(timer);
      this.#holdUp = undefined;
      resolve();
    };
    this.#holdUp = { over };
  }

  #up(): void {
    this.#router = 'up';
    this.#reboots += 1;
    const offMs = performance.now() - this.#bootMs - this.#offSince;
    // A timer of the router may come a little early in the eyes of another clock.
    const isMended = this.#outage?.until === 'reboot' && offMs + 20 >= (this.#outage.needsOffMs ?? 0);
    if (isMended) this.#outage = undefined;
    void this.#apply();
  }

  /** Cuts and mends the cables as the state says, then tells the listeners. */
  #apply(): Promise<void> {
    const { hasLan, hasGateway, hasInternet } = this.state;
    const cut = (isWhole: boolean): Silence | undefined => (isWhole ? undefined : this.#silence);
    const done = Promise.all([
      this.#fronts.plugs.set(cut(hasLan)),
      this.#fronts.router.set(cut(hasGateway)),
      this.#fronts.internet.set(cut(hasInternet)),
    ]).then(() => {
      for (const listener of this.#listeners) listener(this.state);
    });
    this.#applied = done;
    return done;
  }
}
