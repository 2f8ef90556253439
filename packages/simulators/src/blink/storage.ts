/** What the cloud remembers of USB sticks: the newest manifest of each module, and which clips were brought up. */
export class Storage {
  readonly #manifests = new Map<number, number>();
  readonly #uploaded = new Set<string>();
  #nextId = 4321;

  /** Makes a new manifest; the numbers of older ones are void. */
  renew(networkId: number): void {
    this.#manifests.set(networkId, this.#nextId);
    this.#nextId += 1;
  }

  /** The number of the newest manifest, empty when there is none. */
  manifest(networkId: number): string {
    return String(this.#manifests.get(networkId) ?? '');
  }

  upload(clipId: string): void {
    this.#uploaded.add(clipId);
  }

  isUploaded(clipId: string): boolean {
    return this.#uploaded.has(clipId);
  }
}
