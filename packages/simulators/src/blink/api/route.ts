import type { Answer, Request } from '../../shared/http.ts';
import type { Cloud } from '../cloud.ts';
import type { BlinkCamera, CameraKind, Network } from '../state.ts';

/** One call of the REST host. */
export interface Route {
  /** Method and path with names in braces, such as `GET /network/{network}/command/{command}`. */
  name: string;
  /** Answered without an access token. */
  isOpen?: true;
  answer(call: Call): Answer;
}

/** An answer that ends a call early. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(status: number, message: string, code: number = status) {
    super(message);
    this.answer = { status, body: { message, code } };
  }
}

/** A request together with the words that its path carries. */
export class Call {
  readonly cloud: Cloud;
  readonly request: Request;
  readonly #words: Record<string, string>;

  constructor(cloud: Cloud, request: Request, words: Record<string, string>) {
    this.cloud = cloud;
    this.request = request;
    this.#words = words;
  }

  /** A word of the path by its name in braces. */
  readonly word = (name: string): string => this.#words[name] ?? '';

  readonly number = (name: string): number => Number(this.word(name));

  /** The network that the path names, or a refusal. */
  get network(): Network {
    const network = this.cloud.account.networks.find(({ id }) => id === this.number('network'));
    if (!network) throw new Refusal(404, 'Network not found');
    return network;
  }

  /** The camera of this kind that the path names, or a refusal. */
  camera(kind: CameraKind): BlinkCamera {
    const camera = this.cloud.account.cameras.find(({ id }) => id === this.number('camera'));
    if (camera?.kind !== kind || camera.networkId !== this.network.id) throw new Refusal(404, 'Device not found');
    return camera;
  }

  /** The JSON object of the body; an empty one when there is none. */
  get body(): Record<string, unknown> {
    const text = this.request.body.toString();
    if (text === '') return {};
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
    } catch {
      // Answered like any other body that is not an object.
    }
    throw new Refusal(400, 'Bad request');
  }
}

interface Pattern {
  route: Route;
  method: string;
  path: RegExp;
}

/** Finds the route of a request among these; the first that fits. */
export class Router {
  readonly #patterns: Pattern[];

  constructor(routes: readonly Route[]) {
    this.#patterns = routes.map((route) => {
      const [method = 'GET', path = ''] = route.name.split(' ');
      const named = path.replaceAll('.', String.raw`\.`).replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
      return { route, method, path: new RegExp(`^${named}/?$`) };
    });
  }

  find(method: string, path: string): { route: Route; words: Record<string, string> } | undefined {
    for (const pattern of this.#patterns) {
      const found = pattern.method === method ? pattern.path.exec(path) : null;
      if (found) return { route: pattern.route, words: found.groups ?? {} };
    }
    return undefined;
  }
}
