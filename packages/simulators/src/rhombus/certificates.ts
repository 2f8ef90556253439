import { generate } from 'selfsigned';

export interface Certificate {
  key: string;
  cert: string;
}

/** The private authority of one simulator: signs the cloud's certificate and the clients' certificates. Lives in memory. */
export class Authority {
  readonly #own: Certificate;

  private constructor(own: Certificate) {
    this.#own = own;
  }

  static async create(): Promise<Authority> {
    const usage = [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ] as const;
    return new Authority(await make('Simulated Rhombus authority', [...usage]));
  }

  /** PEM of the authority's certificate: what clients have to trust. */
  get cert(): string {
    return this.#own.cert;
  }

  /** A certificate for these host names and IPv4 addresses. */
  server(names: readonly string[]): Promise<Certificate> {
    return make(names[0] ?? 'localhost', serverExtensions(names), this.#own);
  }

  /** A certificate that the cloud accepts together with a certificate key. */
  client(name: string): Promise<Certificate> {
    return make(name, [{ name: 'extKeyUsage', clientAuth: true }], this.#own);
  }
}

/** A certificate that nobody has signed, as devices on the LAN show it. */
export function selfSigned(names: readonly string[]): Promise<Certificate> {
  return make(names[0] ?? 'localhost', serverExtensions(names));
}

type Options = NonNullable<Parameters<typeof generate>[1]>;
type Extensions = NonNullable<Options['extensions']>;

function serverExtensions(names: readonly string[]): Extensions {
  const altNames = names.map((name) =>
    /^[\d.]+$/.test(name) ? ({ type: 7, ip: name } as const) : ({ type: 2, value: name } as const),
  );
  return [
    { name: 'keyUsage', digitalSignature: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames },
  ];
}

async function make(name: string, extensions: Extensions, ca?: Certificate): Promise<Certificate> {
  const options: Options = { keyType: 'ec', algorithm: 'sha256', extensions, ...(ca && { ca }) };
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], options);
  return { key, cert };
}
