/** How many messages came while nobody looked. */
import type { Entry } from '../../core/protocol';

export class Unread {
  /** A recalled one is there no more to be read. */
  readonly #ids = new Set<string>();
  #told = 0;

  /** `tell` is called with every new count. */
  constructor(private readonly tell: (count: number) => void) {}

  /** These entries came while `me` did not look. */
  came(entries: readonly Entry[], me: string | undefined): void {
    for (const { id, kind, of, sender } of entries) {
      if (kind === 'message' && sender?.id !== me) this.#ids.add(id);
      if (kind === 'recall' && of) this.#ids.delete(of);
    }
    this.#count();
  }

  /** Everything has been seen. */
  clear(): void {
    this.#ids.clear();
    this.#count();
  }

  #count(): void {
    if (this.#ids.size === this.#told) return;
    this.#told = this.#ids.size;
    this.tell(this.#told);
  }
}
