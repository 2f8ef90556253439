import type { Document, ServiceContext } from '@porchlight/core';
import type { PendingCycle } from '../../domain/power-cycle.ts';
import type { PendingSequence } from '../../domain/sequence.ts';
import { emptyMemory, memorySchema, type Memory } from './schema.ts';

/** Cycles and sequences under way. Every change resolves once it is on the disk. */
export class CycleMemory {
  readonly #document: Document<Memory>;
  #memory: Memory = emptyMemory;

  constructor({ storage }: Pick<ServiceContext, 'storage'>) {
    this.#document = storage.document('cycles', memorySchema, emptyMemory);
  }

  async read(): Promise<Memory> {
    this.#memory = await this.#document.read();
    return this.#memory;
  }

  async saveCycle(device: string, cycle: PendingCycle): Promise<void> {
    try {
      await this.#write({ cycles: { ...this.#memory.cycles, [device]: cycle } });
    } catch (error) {
      // What does not run must not come to the disk with somebody else's note.
      const { [device]: _refused, ...cycles } = this.#memory.cycles;
      this.#memory = { ...this.#memory, cycles };
      throw error;
    }
  }

  clearCycle(device: string): Promise<void> {
    const { [device]: cycle, ...cycles } = this.#memory.cycles;
    const last = cycle ? { ...this.#memory.last, [device]: cycle.startedAt } : this.#memory.last;
    return this.#write({ cycles, last });
  }

  saveSequence(device: string, sequence: PendingSequence): Promise<void> {
    return this.#write({ sequences: { ...this.#memory.sequences, [device]: sequence } });
  }

  clearSequence(device: string): Promise<void> {
    const { [device]: sequence, ...sequences } = this.#memory.sequences;
    const last = sequence ? { ...this.#memory.last, [device]: sequence.startedAt } : this.#memory.last;
    return this.#write({ sequences, last });
  }

  #write(change: Partial<Memory>): Promise<void> {
    this.#memory = { ...this.#memory, ...change };
    return this.#document.write(this.#memory);
  }
}
