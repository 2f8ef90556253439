/** How to reach the broker. Without `url` the services of this machine share an embedded one on loopback. */
export interface BrokerSettings {
  /** `mqtt://host:1883`, `mqtts://…`, `ws://…` or `wss://…`, without credentials in it. */
  readonly url?: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM files: the authority to trust beside the system's, and a client certificate with its key. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** False accepts any server certificate. */
  readonly verifyCertificate: boolean;
  /** First level of all our topics; it may have several levels (`site-a/porchlight`). */
  readonly root: string;
  /** Loopback port of the embedded broker. */
  readonly port: number;
  /** Events kept on disk while the broker is away; beyond it the oldest are dropped. */
  readonly maxQueuedEvents: number;
}
