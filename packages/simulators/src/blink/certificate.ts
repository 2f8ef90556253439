import { generate } from 'selfsigned';

/** PEM texts. */
export interface Certificate {
  key: string;
  cert: string;
}

/** A self-signed certificate for the real host names and the loopback; clients trust it as its own authority. */
export async function createCertificate(): Promise<Certificate> {
  const dns = ['api.oauth.blink.com', '*.immedia-semi.com', 'localhost', '*.localhost'];
  const altNames = [...dns.map((value) => ({ type: 2 as const, value })), { type: 7 as const, ip: '127.0.0.1' }];
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'Simulated Blink' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return { key, cert };
}
